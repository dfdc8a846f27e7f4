import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { isStorageError, StorageError, type Revision } from '../storage.ts';
import { lockDirectory } from './directory-lock.ts';
import { decodeNumber, encodeNumber } from './record.ts';

/** Raised with every change of what the tables hold. */
const FORMAT = 1;

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
  /** Everything that `write` puts and removes, or nothing of it: on the disk, and seen by reads, when the promise resolves. */
  commit(write: () => void): Promise<void>;
}

/** Throws `Unavailable` for a directory that another process has, that cannot be read, or that is of a newer koinon. */
export async function openFiles(directory: string): Promise<Files> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (cause) {
    throw new StorageError('Unavailable', directory, 'the directory cannot be made', { cause });
  }
  await using stack = new AsyncDisposableStack();
  stack.use(await lockDirectory(directory));
  try {
    const root = await openRoot(join(directory, 'data.mdb'));
    stack.defer(() => root.close());
    const files = filesOf(root, directory);
    const opened = stack.move();
    return Object.assign(files, { [Symbol.asyncDispose]: () => opened.disposeAsync() });
  } catch (cause) {
    if (isStorageError(cause)) throw cause;
    throw new StorageError('Unavailable', directory, `the data cannot be read: ${String(cause)}`, { cause });
  }
}

async function openRoot(path: string): Promise<RootDatabase<Buffer, Buffer>> {
  const { open } = await import('lmdb');
  // Without overlapping sync a commit is one thing: on the disk, then visible, then resolved.
  const root = open<Buffer, Buffer>(path, {
    encoding: 'binary',
    keyEncoding: 'binary',
    noSubdir: true,
    overlappingSync: false,
    eventTurnBatching: false,
  });
  const { lastPageNumber = 0, pageSize = 0 }: { lastPageNumber?: number; pageSize?: number } = root.getStats();
  const { size } = await stat(path);
  // Reading a page that is beyond the end of the file would not fail but kill the process.
  if (lastPageNumber * pageSize > size) {
    await root.close();
    throw new StorageError('Unavailable', path, `the file is cut off: ${size} bytes are there, more are needed`);
  }
  return root;
}

function filesOf(root: RootDatabase<Buffer, Buffer>, directory: string): Omit<Files, typeof Symbol.asyncDispose> {
  const table = (name: string): Table => root.openDB({ name, encoding: 'binary', keyEncoding: 'binary' });
  const meta = table('meta');
  const read = (name: string) => {
    const bytes = meta.get(Buffer.from(name));
    return bytes === undefined ? 0 : decodeNumber(bytes);
  };
  const write = (name: string, number: number) => {
    void meta.put(Buffer.from(name), encodeNumber(number));
  };
  checkFormat(read('format'), directory);
  if (read('format') === 0) meta.putSync(Buffer.from('format'), encodeNumber(FORMAT));
  return {
    log: table('log'),
    keys: table('keys'),
    expiries: table('expiries'),
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
    commit: async (change) => {
      await root.batch(change);
      root.resetReadTxn();
    },
  };
}

function checkFormat(format: number, directory: string): void {
  if (format <= FORMAT) return;
  const detail = `the data has format ${format}, this version knows formats up to ${FORMAT}: a newer one wrote it`;
  throw new StorageError('Unavailable', directory, detail);
}
