import { mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory, type Clock } from '../../component-base/index.ts';
import { StorageError, type Revision } from '../storage.ts';
import { checkData } from './data-check.ts';
import { lockDirectory } from './directory-lock.ts';
import { openFiles, type Files } from './files.ts';
import { openReadOnly } from './read-only.ts';
import { encodeExpiry, encodeKeyRecord, encodeLogRecord, encodeNumber, markOf } from './record.ts';
import { readSnapshot, type SnapshotContent, type SnapshotHeader } from './snapshot-file.ts';

export interface RestoreOptions {
  readonly file: string;
  readonly directory: string;
  /** Whose data is to be restored; the snapshot must be of the same one, unless forced. */
  readonly name: string;
  /** Whether data that is there may be replaced. */
  readonly force: boolean;
  /** Just before the old data is replaced; what it throws keeps the old data. */
  readonly beforeReplacing?: (header: SnapshotHeader) => Promise<void>;
  readonly clock: Clock;
}

export interface Restored {
  readonly header: SnapshotHeader;
  /** The next write takes the one after it. */
  readonly revision: Revision;
  readonly keys: number;
}

/** Of records that one transaction writes. */
const STEP = 500;
/** More than any storage of ours acknowledges. */
const REVISIONS_PER_MS = 100;
const DIRECTORY_MODE = 0o700;

/**
 * Puts the state of a snapshot in the place of a directory's data: all of it, in one rename, or none. Revisions go on
 * behind all that the old data can have given out, and the history begins there, so that whoever watched finds its
 * place gone and lists again. Throws `Unavailable`: for a snapshot that is not whole, while a process has the directory,
 * and for data that may not be replaced.
 */
export async function restoreSnapshot(options: RestoreOptions): Promise<Restored> {
  const { file, directory, name, force, beforeReplacing, clock } = options;
  const header = await verified(file);
  if (!force && header.name !== name) {
    throw new StorageError('Unavailable', file, `it is a snapshot of ${header.name}, not of ${name}; --force takes it`);
  }
  await makeDirectory(directory, DIRECTORY_MODE);
  using _lock = await lockDirectory(directory);
  const path = join(directory, 'data.mdb');
  if (!force && (await sizeOf(path)) > 0) {
    throw new StorageError('Unavailable', directory, 'there is data already; --force replaces it');
  }
  const revision = Math.max(header.revision, await lastRevision(directory, header, clock)) + 1;
  const fresh = await mkdtemp(join(directory, 'restoring-'));
  try {
    const keys = await fill(fresh, file, revision);
    const freshPath = join(fresh, 'data.mdb');
    checkData(freshPath);
    await beforeReplacing?.(header);
    // What it says of readers is of the old data.
    await rm(join(directory, 'data.mdb-lock'), { force: true });
    await rename(freshPath, path);
    await sync(directory);
    return { header, revision, keys };
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Reads it all: the checksum is at the end. */
async function verified(file: string): Promise<SnapshotHeader> {
  let header: SnapshotHeader | undefined;
  for await (const piece of readSnapshot(file)) if (piece.type === 'header') header = piece.header;
  if (header === undefined) throw new StorageError('Unavailable', file, 'the snapshot is empty');
  return header;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return 0;
    throw err;
  }
}

/** The last revision that the old data gave out; when it cannot be read, what it can have come to since the snapshot. */
async function lastRevision(directory: string, { revision, takenAt }: SnapshotHeader, clock: Clock): Promise<Revision> {
  try {
    checkData(join(directory, 'data.mdb'));
    await using state = await openReadOnly(directory);
    return state.revision;
  } catch (err) {
    if (!(err instanceof StorageError)) throw err;
    return revision + Math.max(0, clock.now() - takenAt) * REVISIONS_PER_MS;
  }
}

async function fill(directory: string, file: string, revision: Revision): Promise<number> {
  await using files = await openFiles(directory);
  let keys = 0;
  let step: SnapshotContent[] = [];
  const write = async () => {
    const pieces = step;
    step = [];
    await files.commit(() => {
      for (const piece of pieces) put(files, piece);
    });
  };
  for await (const piece of readSnapshot(file)) {
    if (piece.type === 'header') continue;
    if (piece.type === 'version') keys++;
    if (step.push(piece) === STEP) await write();
  }
  await write();
  await files.commit(() => {
    files.setRevision(revision);
    files.setCompacted(revision);
  });
  return keys;
}

function put(files: Files, piece: SnapshotContent): void {
  if (piece.type === 'expiry') {
    const expiry = encodeExpiry(piece.at, piece.key);
    void files.expiries.put(expiry, markOf(expiry));
    return;
  }
  const { record } = piece;
  const key = Buffer.from(record.key);
  // The version before is not part of the snapshot.
  void files.log.put(encodeNumber(record.revision), encodeLogRecord({ ...record, previousRevision: 0 }));
  void files.keys.put(
    key,
    encodeKeyRecord(key, { modRevision: record.revision, createRevision: record.createRevision }),
  );
}

async function sync(directory: string): Promise<void> {
  await using handle = await open(directory, 'r');
  await handle.sync();
}
