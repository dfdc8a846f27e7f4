import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../component-base/index.ts';
import { isStorageError, StorageError, type Revision } from '../storage.ts';
import { checkData } from './data-check.ts';
import { isBusy, lockDirectory } from './directory-lock.ts';
import { openReadOnly, type FrozenState } from './read-only.ts';
import { encodeSnapshot, type SnapshotContent } from './snapshot-file.ts';

export interface SnapshotOptions {
  readonly directory: string;
  /** Whose data it is; written into the snapshot. */
  readonly name: string;
  readonly clock: Clock;
}

export interface Snapshot extends AsyncDisposable {
  /** Whether another process has the data, and may be writing. */
  readonly running: boolean;
  readonly revision: Revision;
  /** The file, in pieces. */
  bytes(): Iterable<Buffer>;
}

/**
 * One state of an embedded storage's data, taken beside the process that has it or, when none has, in its place.
 * Throws `Unavailable` when there is no data, or when it is damaged.
 */
export async function takeSnapshot({ directory, name, clock }: SnapshotOptions): Promise<Snapshot> {
  const path = join(directory, 'data.mdb');
  if (!existsSync(path)) throw new StorageError('Unavailable', path, 'there is no data');
  await using stack = new AsyncDisposableStack();
  const lock = await lockUnlessBusy(directory);
  if (lock !== undefined) {
    stack.use(lock);
    checkData(path);
  }
  const state = stack.use(await openReadOnly(directory));
  const { revision } = state;
  const held = stack.move();
  return {
    running: lock === undefined,
    revision,
    bytes: () => encodeSnapshot({ name, revision, takenAt: clock.now() }, contentOf(state)),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function lockUnlessBusy(directory: string): Promise<Disposable | undefined> {
  try {
    return await lockDirectory(directory);
  } catch (err) {
    if (isStorageError(err, 'Unavailable') && isBusy(err)) return undefined;
    throw err;
  }
}

function* contentOf(state: FrozenState): Generator<SnapshotContent, undefined> {
  for (const record of state.versions()) yield { type: 'version', record };
  for (const { key, at } of state.expiries()) yield { type: 'expiry', key, at };
}
