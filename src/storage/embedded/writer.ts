import type { ChangeEvent } from '../fan-out.ts';
import { keyOf, revisionOf } from '../fan-out.ts';
import { StorageError, type KeyValue, type Revision } from '../storage.ts';
import { Expiries } from '../expiries.ts';
import type { Clock } from '../../component-base/index.ts';
import type { Files } from './files.ts';
import { GroupCommit } from './group-commit.ts';
import type { LogReader } from './log-reader.ts';
import { decodeExpiry, encodeExpiry, encodeKeyRecord, encodeLogRecord, encodeNumber, markOf } from './record.ts';

export interface WriterOptions {
  readonly directory: string;
  readonly files: Files;
  readonly reader: LogReader;
  readonly clock: Clock;
  readonly onCommitted: (event: ChangeEvent) => void;
  readonly onExpired: (key: string) => void;
}

interface Decided {
  readonly revision: Revision;
  /** Absent: deleted. */
  readonly kv: KeyValue | undefined;
  readonly durable: Promise<void>;
}

const NOTHING = Buffer.alloc(0);
/** Of log records that one transaction forgets. */
const COMPACTION_STEP = 500;

/**
 * Decides writes in the order they come, against what is committed and what is on its way, and has them committed in
 * that order. `current` and `revision` therefore run ahead of the disk; nothing else is told before it is there.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #group: GroupCommit;
  readonly #expiries: Expiries;
  /** The last word on each key whose write is on its way. */
  readonly #onTheWay = new Map<string, Decided>();
  #revision: Revision;

  constructor(options: WriterOptions) {
    const { files, clock } = options;
    this.#options = options;
    this.#revision = files.revision;
    this.#expiries = new Expiries(clock, options.onExpired);
    this.#group = new GroupCommit(
      (write) => files.commit(write),
      () => {
        this.#startOver();
      },
    );
    this.#loadExpiries();
  }

  get nextRevision(): Revision {
    return this.#revision + 1;
  }

  current(key: string): KeyValue | undefined {
    const decided = this.#onTheWay.get(key);
    return decided === undefined ? this.#options.reader.get(key) : decided.kv;
  }

  /** `event` must have `nextRevision`. Resolves when it is durable and has been published. */
  submit(event: ChangeEvent, expiresAt?: number): Promise<void> {
    const key = keyOf(event);
    const revision = revisionOf(event);
    const oldExpiry = event.type === 'delete' ? this.#expiries.get(key) : undefined;
    this.#revision = revision;
    if (expiresAt !== undefined) this.#expiries.set(key, expiresAt);
    else if (event.type === 'delete') this.#expiries.delete(key);

    const durable = this.#add(
      key,
      () => {
        this.#write(event);
        if (expiresAt !== undefined) this.#keepExpiry(encodeExpiry(expiresAt, key));
        if (oldExpiry !== undefined) void this.#options.files.expiries.remove(encodeExpiry(oldExpiry, key));
      },
      () => {
        if (this.#onTheWay.get(key)?.revision === revision) this.#onTheWay.delete(key);
        this.#options.onCommitted(event);
      },
    );
    this.#onTheWay.set(key, { revision, kv: event.type === 'put' ? event.kv : undefined, durable });
    return durable;
  }

  /** Resolves when what was decided about `key` can be read; rejects when it could not be written. */
  async settled(key: string): Promise<void> {
    await this.#onTheWay.get(key)?.durable;
  }

  /** Forgets what the states from `revision` on do not need, a step at a time between other commits. */
  async compact(revision: Revision): Promise<void> {
    const { files, reader } = this.#options;
    if (files.compacted < revision) files.forgetDeadReaders();
    for (let done = files.compacted; done < revision; done = files.compacted) {
      const upTo = Math.min(revision, done + COMPACTION_STEP);
      const obsolete: Revision[] = [];
      for (const record of reader.records(done, upTo)) {
        if (record.previousRevision !== 0) obsolete.push(record.previousRevision);
        if (record.type === 'delete') obsolete.push(record.revision);
      }
      await this.#add('', () => {
        for (const old of obsolete) void files.log.remove(encodeNumber(old));
        files.setCompacted(upTo);
      });
    }
  }

  /** Keys go at their time from now on. */
  arm(): void {
    this.#expiries.arm(true);
    this.#expiries.sweep();
  }

  /** No key goes by itself any more; resolves when all that was submitted is settled. */
  async close(): Promise<void> {
    this.#expiries.arm(false);
    await this.#group.idle();
  }

  #write(event: ChangeEvent): void {
    const { files } = this.#options;
    const key = keyOf(event);
    const revision = revisionOf(event);
    const previousRevision = event.previous?.modRevision ?? 0;
    if (event.type === 'put') {
      const { createRevision, modRevision, value } = event.kv;
      const record = { type: event.type, key, createRevision, previousRevision, value };
      void files.log.put(encodeNumber(revision), encodeLogRecord(record));
      const name = Buffer.from(key);
      void files.keys.put(name, encodeKeyRecord(name, { createRevision, modRevision }));
    } else {
      const record = { type: event.type, key, createRevision: 0, previousRevision, value: NOTHING };
      void files.log.put(encodeNumber(revision), encodeLogRecord(record));
      void files.keys.remove(Buffer.from(key));
    }
    files.setRevision(revision);
  }

  #keepExpiry(expiry: Buffer): void {
    void this.#options.files.expiries.put(expiry, markOf(expiry));
  }

  #add(key: string, write: () => void, committed?: () => void): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.#group.add({
      write,
      committed: () => {
        committed?.();
        resolve(undefined);
      },
      failed: (cause) => {
        const detail = `the write to ${this.#options.directory} failed and was undone: ${String(cause)}`;
        reject(new StorageError('Unavailable', key, detail, { cause }));
      },
    });
    return promise;
  }

  /** After a failed commit: what is on the disk counts, and nothing else. */
  #startOver(): void {
    this.#onTheWay.clear();
    this.#revision = this.#options.files.revision;
    this.#loadExpiries();
  }

  #loadExpiries(): void {
    this.#expiries.clear();
    for (const bytes of this.#options.files.expiries.getKeys()) {
      const { at, key } = decodeExpiry(bytes);
      this.#expiries.set(key, at);
    }
  }
}
