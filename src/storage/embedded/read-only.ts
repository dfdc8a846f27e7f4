import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError, type Revision } from '../storage.ts';
import { checkFormat } from './format.ts';
import { decodeExpiry, decodeKeyRecord, decodeNamed, readVersion, type LogRecord } from './record.ts';

/** One state of a directory's data, whatever is written meanwhile, by whichever process. */
export interface FrozenState extends AsyncDisposable {
  readonly revision: Revision;
  /** The present version of every key, in byte order. */
  versions(): Iterable<LogRecord>;
  /** The keys that are to go, and when. */
  expiries(): Iterable<{ readonly key: string; readonly at: number }>;
}

/**
 * Throws `Unavailable` where there is no data. The state is LMDB's own read transaction: it needs no lock, so it can be
 * taken while another process has the directory.
 */
export async function openReadOnly(directory: string): Promise<FrozenState> {
  const path = join(directory, 'data.mdb');
  if (!existsSync(path)) throw new StorageError('Unavailable', directory, 'there is no data');
  const { open } = await import('lmdb');
  const encodings = { encoding: 'binary', keyEncoding: 'binary' } as const;
  const root = open<Buffer, Buffer>(path, { ...encodings, noSubdir: true, overlappingSync: false, readOnly: true });
  const table = (name: string) => root.openDB<Buffer, Buffer>({ name, ...encodings });
  const [meta, keys, log, expiries] = [table('meta'), table('keys'), table('log'), table('expiries')];
  const transaction = root.useReadTransaction();
  const close = async () => {
    transaction.done();
    await root.close();
  };
  const read = (name: string) => {
    const key = Buffer.from(name);
    const bytes = meta.get(key, { transaction });
    return bytes === undefined ? 0 : decodeNamed(key, bytes);
  };
  try {
    checkFormat(read('format'), directory);
    return {
      revision: read('revision'),
      *versions() {
        for (const { key, value } of keys.getRange({ transaction })) {
          const { modRevision } = decodeKeyRecord(key, value);
          yield readVersion({ get: (revision) => log.get(revision, { transaction }) }, modRevision);
        }
      },
      *expiries() {
        for (const bytes of expiries.getKeys({ transaction })) yield decodeExpiry(bytes);
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (err) {
    await close();
    throw err;
  }
}
