import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isPublished, optionsText, type Zone } from '../../zone/index.ts';
import { logLine } from './log-lines.ts';
import { LOG_FORMAT, type LogHeader } from './read-zone-log.ts';
import { storedSet } from './stored-set.ts';

/** Sets on one line, and bytes in one write: between writes others have their turn. */
const SETS_A_LINE = 50;
const WRITE_BYTES = 16 * 1024;

/** What may wait for the disk: more at once, and changes of the zone would have to wait for it too. */
const SYNC_BYTES = 256 * 1024;

/** A log in the making that begins with a zone's state as it is now; it is not at its place yet. */
export interface LogDraft {
  readonly handle: FileHandle;
  readonly bytes: number;
}

/**
 * Writes the state that `zone` has when this is called into a new file at `path`, however often it changes meanwhile.
 * Removes the file and rejects when that fails or `signal` aborts.
 */
export async function writeState(path: string, zone: Zone, signal: AbortSignal): Promise<LogDraft> {
  using snapshot = zone.snapshot();
  const { serial } = snapshot;
  const header: LogHeader = { format: LOG_FORMAT, zone: zone.name, serial, options: optionsText(zone.options) };
  const handle = await open(path, 'w+');
  try {
    const output = new StateOutput(handle);
    output.line(header);
    let sets: unknown[] = [];
    let count = 0;
    for (const set of snapshot.sets()) {
      if (!isPublished(zone, set)) continue;
      count++;
      if (sets.push(storedSet(set)) < SETS_A_LINE) continue;
      output.line({ sets });
      sets = [];
      if (output.isFull) await output.write();
      signal.throwIfAborted();
    }
    if (sets.length > 0) output.line({ sets });
    output.line({ end: count });
    await output.write();
    await handle.sync();
    return { handle, bytes: output.bytes };
  } catch (err) {
    await handle.close();
    await rm(path, { force: true });
    throw err;
  }
}

/** Puts a log in its place, so that it would be found there after a loss of power. */
export async function moveIntoPlace(from: string, to: string): Promise<void> {
  await rename(from, to);
  await using directory = await open(dirname(to), 'r');
  await directory.sync();
}

class StateOutput {
  readonly #handle: FileHandle;
  #lines: Buffer[] = [];
  #waiting = 0;
  #written = 0;
  #synced = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  get bytes(): number {
    return this.#written + this.#waiting;
  }

  get isFull(): boolean {
    return this.#waiting >= WRITE_BYTES;
  }

  line(content: unknown): void {
    const line = logLine(content);
    this.#lines.push(line);
    this.#waiting += line.length;
  }

  async write(): Promise<void> {
    const bytes = Buffer.concat(this.#lines);
    this.#lines = [];
    this.#waiting = 0;
    await this.#handle.writeFile(bytes);
    this.#written += bytes.length;
    if (this.#written - this.#synced < SYNC_BYTES) return;
    await this.#handle.datasync();
    this.#synced = this.#written;
  }
}
