import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { isStorageError, StorageError, type Revision } from '../storage.ts';
import { checkData } from './data-check.ts';
import { checkFormat, FORMAT } from './format.ts';
import { fullDiskOr, requireRoom } from './full-disk.ts';
import { lockDirectory } from './directory-lock.ts';
import { decodeNamed, encodeNamed } from './record.ts';

const FORMAT_KEY = Buffer.from('format');

export type Table = Database<Buffer, Buffer>;

/** The tables of one directory. Reads within one turn of the event loop see one state of all of them. */
export interface Files extends AsyncDisposable {
  /** Revision → LogRecord. */
  readonly log: Table;
  /** Key → KeyRecord. */
  readonly keys: Table;
  /** Time and key of each key that is to go → nothing. */
  readonly expiries: Table;
  readonly revision: Revision;
  readonly compacted: Revision;
  setRevision(revision: Revision): void;
  setCompacted(revision: Revision): void;
  /** Frees what a process that was killed while it read, such as a backup, would keep from being used again. */
  forgetDeadReaders(): void;
  /** Everything that `write` puts and removes, or nothing of it: on the disk, and seen by reads, when the promise resolves. */
  commit(write: () => void): Promise<void>;
}

type Tables = Omit<Files, typeof Symbol.asyncDispose>;

/** Throws `Unavailable` for a directory that another process has, that cannot be read, or that is of a newer koinon. */
export async function openFiles(directory: string): Promise<Files> {
  try {
    await mkdir(directory, { recursive: true });
    await requireRoom(directory);
  } catch (cause) {
    throw new StorageError('Unavailable', directory, `the directory cannot be used: ${String(cause)}`, { cause });
  }
  await using stack = new AsyncDisposableStack();
  stack.use(await lockDirectory(directory));
  const path = join(directory, 'data.mdb');
  checkData(path);
  try {
    const files = stack.use(await openSafe(path, directory));
    const opened = stack.move();
    return Object.assign(files, { [Symbol.asyncDispose]: () => opened.disposeAsync() });
  } catch (cause) {
    if (isStorageError(cause)) throw cause;
    throw new StorageError('Unavailable', directory, `the data cannot be read: ${String(cause)}`, { cause });
  }
}

async function openSafe(path: string, directory: string): Promise<Files> {
  const root = await openRoot(path);
  const state = { open: true };
  const close = async () => {
    state.open = false;
    await root.close();
  };
  try {
    return Object.assign(tablesOf(root, directory, state), { [Symbol.asyncDispose]: close });
  } catch (err) {
    await close();
    throw err;
  }
}

async function openRoot(path: string): Promise<RootDatabase<Buffer, Buffer>> {
  const { open } = await import('lmdb');
  // Without overlapping sync a commit is one thing: on the disk, then visible, then resolved.
  return open<Buffer, Buffer>(path, {
    encoding: 'binary',
    keyEncoding: 'binary',
    noSubdir: true,
    overlappingSync: false,
    eventTurnBatching: false,
  });
}

function tablesOf(root: RootDatabase<Buffer, Buffer>, directory: string, state: { readonly open: boolean }): Tables {
  const table = (name: string): Table => root.openDB({ name, encoding: 'binary', keyEncoding: 'binary' });
  const meta = table('meta');
  const read = (name: string) => {
    const key = Buffer.from(name);
    const bytes = meta.get(key);
    return bytes === undefined ? 0 : decodeNamed(key, bytes);
  };
  const write = (name: string, number: number) => {
    const key = Buffer.from(name);
    void meta.put(key, encodeNamed(key, number));
  };
  checkFormat(read('format'), directory);
  if (read('format') === 0) meta.putSync(FORMAT_KEY, encodeNamed(FORMAT_KEY, FORMAT));
  const tables = { log: table('log'), keys: table('keys'), expiries: table('expiries') };
  // To touch a closed table would kill the process.
  const whileOpen = (name: keyof typeof tables) => {
    if (!state.open) throw new StorageError('Unavailable', directory, 'the storage was closed');
    return tables[name];
  };
  return {
    get log() {
      return whileOpen('log');
    },
    get keys() {
      return whileOpen('keys');
    },
    get expiries() {
      return whileOpen('expiries');
    },
    get revision() {
      return read('revision');
    },
    get compacted() {
      return read('compacted');
    },
    setRevision: (revision) => {
      write('revision', revision);
    },
    setCompacted: (revision) => {
      write('compacted', revision);
    },
    forgetDeadReaders: () => {
      root.readerCheck();
    },
    commit: async (change) => {
      try {
        await root.batch(change);
      } catch (err) {
        throw await reasonOf(err, directory);
      } finally {
        root.resetReadTxn();
      }
    },
  };
}

/** lmdb tells the reason by a promise beside the error, whose rejection must not go unhandled, and not very well. */
async function reasonOf(err: unknown, directory: string): Promise<unknown> {
  if (!(err instanceof Error && 'commitError' in err && err.commitError instanceof Promise)) return err;
  const told: Promise<unknown> = err.commitError;
  const cause = await told.catch((reason: unknown) => reason);
  return fullDiskOr(cause, directory);
}
