import { open, truncate, type FileHandle } from 'node:fs/promises';
import { StorageError } from '../storage.ts';

/** Of LMDB's two meta pages, the first at the start of the file and the second one page further. */
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;
const PAGE_SIZE_AT = 48;
const LAST_PAGE_AT = 144;
const META_BYTES = 152;

/** Of a file that was shorter than it should be, and has been filled up with zeros. */
export interface Filled {
  readonly size: number;
  readonly needed: number;
}

/**
 * LMDB crashes, rather than fail, on a file that is something else and on reading beyond the end of one that was cut
 * off. So the first is refused here, and the second is filled up. A file may rightly end before the last page that it
 * knows, when that holds nothing: whether anything is missing is seen by reading it all.
 */
export async function makeSafe(path: string): Promise<Filled | undefined> {
  await using file = await open(path, 'a+');
  const { size } = await file.stat();
  if (size === 0) return undefined;
  const first = await readMeta(file, path, 0);
  const second = await readMeta(file, path, first.pageSize);
  const needed = (Math.max(first.lastPage, second.lastPage) + 1) * first.pageSize;
  if (size >= needed) return undefined;
  await truncate(path, needed);
  return { size, needed };
}

export async function undo(path: string, { size, needed }: Filled, cause: unknown): Promise<StorageError> {
  await truncate(path, size);
  return new StorageError('Unavailable', path, `the file was cut off at ${size} of ${needed} bytes`, { cause });
}

async function readMeta(file: FileHandle, path: string, at: number): Promise<{ pageSize: number; lastPage: number }> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(META_BYTES), 0, META_BYTES, at);
  if (bytesRead < META_BYTES || buffer.readUInt32LE(MAGIC_AT) !== MAGIC) {
    throw new StorageError('Unavailable', path, 'the file is not one of this storage, or it was cut off');
  }
  return { pageSize: buffer.readUInt32LE(PAGE_SIZE_AT), lastPage: Number(buffer.readBigUInt64LE(LAST_PAGE_AT)) };
}
