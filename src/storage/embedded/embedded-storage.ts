import type { Runnable } from '../../component-base/index.ts';
import { DEFAULT_WATCH_BUFFER, FanOut, revisionOf } from '../fan-out.ts';
import { checkSize } from '../keys.ts';
import { compacted, requireAbsent, requireKnown, requireVersion } from '../refusals.ts';
import {
  StorageError,
  type KeyValue,
  type ListOptions,
  type ListResult,
  type Revision,
  type Storage,
  type StorageEvent,
  type WatchOptions,
} from '../storage.ts';
import { Retention, type RetentionOptions } from './retention.ts';
import { openFiles } from './files.ts';
import { LogReader } from './log-reader.ts';
import { Writer } from './writer.ts';

export interface EmbeddedStorageOptions extends RetentionOptions {
  /** Made when it is not there. One process at a time may have it. */
  readonly directory: string;
  /** Of the events that one watcher may leave waiting. */
  readonly watchBuffer?: number;
}

interface Opened {
  readonly reader: LogReader;
  readonly writer: Writer;
  readonly floor: () => Revision;
}

/** Of log records that a watcher which catches up is given before others get their turn. */
const CATCH_UP_STEP = 500;

/**
 * A store in a directory of this machine, on LMDB. What was acknowledged survives the end of the process at any moment,
 * and of the machine. Calls wait while it opens, and fail with `Unavailable` when it does not run.
 */
export function createEmbeddedStorage(options: EmbeddedStorageOptions): Storage & Runnable {
  return new EmbeddedStorage(options);
}

class EmbeddedStorage implements Storage, Runnable {
  readonly name = 'embedded storage';
  readonly #options: EmbeddedStorageOptions;
  readonly #watchers: FanOut;
  #opened: Promise<Opened>;

  constructor(options: EmbeddedStorageOptions) {
    this.#options = options;
    this.#watchers = new FanOut({ clock: options.clock, limit: options.watchBuffer ?? DEFAULT_WATCH_BUFFER });
    this.#opened = this.#closed();
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { directory, clock } = this.#options;
    const opening = Promise.withResolvers<Opened>();
    opening.promise.catch(() => undefined);
    this.#opened = opening.promise;
    try {
      await using files = await openFiles(directory);
      const reader = new LogReader(files);
      const retention = new Retention(this.#options, files.revision);
      const writer = new Writer({
        directory,
        files,
        reader,
        clock,
        onCommitted: (event) => {
          if (event.type === 'put') reader.remember(event.kv);
          this.#watchers.publish(event);
          retention.wrote(revisionOf(event), event.type === 'put' ? event.kv.value.length : 0);
        },
        onExpired: (key) => {
          this.#expire(writer, key);
        },
      });
      this.#watchers.advance(files.revision);
      opening.resolve({ reader, writer, floor: () => files.compacted });
      writer.arm();
      ready();
      await retention.run(writer, signal);
      this.#opened = this.#closed();
      await writer.close();
    } catch (err) {
      opening.reject(err);
      throw err;
    } finally {
      this.#opened = this.#closed();
      this.#watchers.failAll(new StorageError('Unavailable', directory, 'the storage was closed'));
    }
  }

  async currentRevision(): Promise<Revision> {
    await this.#opened;
    return this.#watchers.revision;
  }

  async get(key: string): Promise<KeyValue | undefined> {
    return (await this.#opened).reader.get(key);
  }

  async list(prefix: string, options: ListOptions = {}): Promise<ListResult> {
    return (await this.#opened).reader.list(prefix, options);
  }

  async create(key: string, value: Uint8Array, options: { readonly ttlSeconds?: number } = {}): Promise<KeyValue> {
    return this.#write(key, async (writer) => {
      checkSize(key, value);
      requireAbsent(key, writer.current(key));
      const revision = writer.nextRevision;
      const kv: KeyValue = { key, value, createRevision: revision, modRevision: revision };
      const { ttlSeconds } = options;
      const expiresAt = ttlSeconds === undefined ? undefined : this.#options.clock.now() + ttlSeconds * 1000;
      await writer.submit({ type: 'put', kv }, expiresAt);
      return kv;
    });
  }

  async update(key: string, value: Uint8Array, expected: Revision): Promise<KeyValue> {
    return this.#write(key, async (writer) => {
      checkSize(key, value);
      const previous = requireVersion(key, writer.current(key), expected);
      const { createRevision } = previous;
      const kv: KeyValue = { key, value, createRevision, modRevision: writer.nextRevision };
      await writer.submit({ type: 'put', kv, previous });
      return kv;
    });
  }

  async delete(key: string, expected: Revision): Promise<Revision> {
    return this.#write(key, async (writer) => {
      const previous = requireVersion(key, writer.current(key), expected);
      const revision = writer.nextRevision;
      await writer.submit({ type: 'delete', key, revision, previous });
      return revision;
    });
  }

  async compact(revision: Revision): Promise<void> {
    const { writer } = await this.#opened;
    requireKnown('', revision, 0, this.#watchers.revision);
    await writer.compact(revision);
  }

  async *watch(prefix: string, after: Revision, options: WatchOptions): AsyncGenerator<StorageEvent> {
    const ended = () => options.signal.aborted;
    if (ended()) return;
    const { reader, floor } = await this.#opened;
    for (let cursor = after; !ended();) {
      if (cursor < floor()) throw compacted(prefix, cursor, floor());
      const until = this.#watchers.revision;
      const records = reader.records(cursor, until, CATCH_UP_STEP).toArray();
      const events = records.filter(({ key }) => key.startsWith(prefix)).map((record) => reader.eventOf(record));
      cursor = records.at(-1)?.revision ?? until;
      if (cursor >= until) {
        yield* this.#watchers.subscribe(prefix, Math.max(after, until), events, options);
        return;
      }
      for (const event of events) {
        yield event;
        if (ended()) return;
      }
    }
  }

  /**
   * `decide` must submit before it first waits. It is told of the version that refused it only once that can be read:
   * whoever reads and tries again at once would otherwise find the old one for ever.
   */
  async #write<T>(key: string, decide: (writer: Writer) => Promise<T>): Promise<T> {
    const { writer } = await this.#opened;
    try {
      return await decide(writer);
    } catch (refusal) {
      await writer.settled(key);
      throw refusal;
    }
  }

  /** The failure is that of a disk; every write shows it, and the key goes at the next start if not before. */
  #expire(writer: Writer, key: string): void {
    const previous = writer.current(key);
    if (previous === undefined) return;
    writer.submit({ type: 'delete', key, revision: writer.nextRevision, previous }).catch((err: unknown) => {
      this.#options.log.warn({ key, err }, 'an expired key could not be deleted');
    });
  }

  #closed(): Promise<never> {
    const error = new StorageError('Unavailable', this.#options.directory, 'the storage is not running');
    const closed = Promise.reject(error);
    closed.catch(() => undefined);
    return closed;
  }
}
