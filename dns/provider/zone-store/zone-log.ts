import { mkdir, open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../../src/component-base/index.ts';
import { createZone, recordKey, type Zone, type ZoneDelta, type ZoneOptions } from '../../zone/index.ts';
import { DamagedZoneFile } from './damaged-zone-file.ts';
import { parseJsonZone } from './json-zone-file.ts';
import { logLine } from './log-lines.ts';
import { readZoneLog } from './read-zone-log.ts';
import { storedSet } from './stored-set.ts';
import { moveIntoPlace, writeState, type LogDraft } from './zone-state-file.ts';
import type { StoredZone, ZoneStore } from './zone-store.ts';

export interface ZoneLogOptions {
  /** Made when absent. */
  readonly directory: string;
  readonly zone: ZoneOptions;
  /** A log is written anew when its changes are longer than this, and than the state before them; 1 MiB. */
  readonly rewriteBytes?: number;
}

interface ZoneLogDeps {
  readonly firstSerial: () => number;
  readonly log: Logger;
}

const REWRITE_BYTES = 1024 * 1024;

/**
 * A zone in a file of its own, `<zone>.log`: a state, and a line for the changes of each `save` since. It is written anew
 * beside the changes, when it has grown. What was kept as `<zone>.json` before is read where there is no log yet.
 */
export class ZoneLog implements ZoneStore {
  readonly #options: Required<ZoneLogOptions>;
  readonly #deps: ZoneLogDeps;
  readonly #path: string;
  readonly #ending = new AbortController();
  /** Undefined while there is no file that a line could be added to: the next save begins one. */
  #file: FileHandle | undefined;
  #bytes = 0;
  #stateBytes = 0;
  /** Lines that a log in the making will lack, and when it is there. */
  #rewriting: { readonly tail: Buffer[]; done: Promise<void> } | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ZoneLogOptions, deps: ZoneLogDeps) {
    this.#options = { rewriteBytes: REWRITE_BYTES, ...options };
    this.#deps = deps;
    this.#path = join(options.directory, `${options.zone.name}.log`);
  }

  async load(): Promise<StoredZone> {
    await rm(this.#draftPath, { force: true });
    const file = await ifThere(open(this.#path, 'r+'));
    return file === undefined ? this.#loadWithoutLog() : this.#loadLog(file);
  }

  async save(zone: Zone, deltas: readonly ZoneDelta[]): Promise<void> {
    const line = logLine({ changes: deltas.map(storedChange) });
    await this.#exclusively(async () => {
      if (this.#file === undefined) await this.#begin(zone);
      else if (this.#isLong) this.#rewrite(zone);
      await this.#append(line);
      this.#rewriting?.tail.push(line);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#rewriting?.done;
    await this.#exclusively(() => this.#close());
  }

  get #draftPath(): string {
    return `${this.#path}.new`;
  }

  get #jsonPath(): string {
    return join(this.#options.directory, `${this.#options.zone.name}.json`);
  }

  get #isLong(): boolean {
    const changeBytes = this.#bytes - this.#stateBytes;
    return this.#rewriting === undefined && changeBytes > Math.max(this.#stateBytes, this.#options.rewriteBytes);
  }

  async #loadWithoutLog(): Promise<StoredZone> {
    const { zone } = this.#options;
    const text = await ifThere(readFile(this.#jsonPath, 'utf8'));
    if (text === undefined) return { zone: createZone(zone, this.#deps.firstSerial()), displaced: [] };
    try {
      return parseJsonZone(text, zone);
    } catch (err) {
      throw new DamagedZoneFile(this.#jsonPath, err);
    }
  }

  async #loadLog(file: FileHandle): Promise<StoredZone> {
    try {
      const { zone, displaced, end, stateBytes, options } = await readZoneLog(file, this.#options.zone);
      await file.truncate(end);
      this.#file = file;
      this.#bytes = end;
      this.#stateBytes = stateBytes;
      if (options !== undefined) await this.#append(logLine({ changes: [{ to: zone.serial, options }] }));
      return { zone, displaced };
    } catch (err) {
      await this.#close();
      await file.close();
      throw err instanceof Error && 'code' in err && 'syscall' in err ? err : new DamagedZoneFile(this.#path, err);
    }
  }

  async #append(line: Buffer): Promise<void> {
    const file = this.#file;
    if (file === undefined) throw new TypeError('there is no log to add to');
    try {
      await file.write(line, 0, line.length, this.#bytes);
      await file.datasync();
    } catch (err) {
      await this.#undo(file);
      throw err;
    }
    this.#bytes += line.length;
  }

  /** What was written in part must not be found as if it had been acknowledged. */
  async #undo(file: FileHandle): Promise<void> {
    try {
      await file.truncate(this.#bytes);
      await file.datasync();
    } catch (err) {
      this.#deps.log.warn(
        { file: this.#path, err },
        'zone log cannot be mended; it is written anew with the next change',
      );
      await this.#close();
    }
  }

  /** The whole state, before anything else is saved. */
  async #begin(zone: Zone): Promise<void> {
    this.#ending.signal.throwIfAborted();
    await mkdir(this.#options.directory, { recursive: true });
    // One that is being made began before changes that were never written.
    this.#rewriting = undefined;
    const path = `${this.#path}.first`;
    await this.#replaceBy(path, await writeState(path, zone, this.#ending.signal));
    await rm(this.#jsonPath, { force: true });
  }

  #rewrite(zone: Zone): void {
    const rewriting = { tail: [] as Buffer[], done: Promise.resolve() };
    this.#rewriting = rewriting;
    const write = async () => {
      const draft = await writeState(this.#draftPath, zone, this.#ending.signal);
      await this.#exclusively(async () => {
        if (this.#rewriting === rewriting) await this.#complete(draft, rewriting.tail);
        else await discard(draft, this.#draftPath);
      });
    };
    rewriting.done = write()
      .catch((err: unknown) => {
        if (this.#ending.signal.aborted) return;
        this.#deps.log.warn({ file: this.#path, err }, 'zone log could not be written anew');
        // Not again with each change.
        this.#stateBytes = this.#bytes;
      })
      .finally(() => {
        if (this.#rewriting === rewriting) this.#rewriting = undefined;
      });
  }

  async #complete(draft: LogDraft, tail: readonly Buffer[]): Promise<void> {
    const bytes = Buffer.concat(tail);
    try {
      await draft.handle.write(bytes, 0, bytes.length, draft.bytes);
      await draft.handle.datasync();
    } catch (err) {
      await discard(draft, this.#draftPath);
      throw err;
    }
    await this.#replaceBy(this.#draftPath, draft);
    this.#bytes += bytes.length;
  }

  async #replaceBy(path: string, draft: LogDraft): Promise<void> {
    try {
      await moveIntoPlace(path, this.#path);
    } catch (err) {
      await discard(draft, path);
      // Which of the two is there after a loss of power is not known.
      await this.#close();
      throw err;
    }
    await this.#close();
    this.#file = draft.handle;
    this.#bytes = draft.bytes;
    this.#stateBytes = draft.bytes;
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** One after the other, whatever became of those before. */
  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

async function discard({ handle }: LogDraft, path: string): Promise<void> {
  await handle.close();
  await rm(path, { force: true });
}

function storedChange({ to, removed, added }: ZoneDelta): unknown {
  const kept = new Set(added.map(recordKey));
  const remove = removed.filter((set) => !kept.has(recordKey(set))).map(({ name, type }) => [name, type]);
  return { to, remove, put: added.map(storedSet) };
}

async function ifThere<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return undefined;
    throw err;
  }
}
