import { join } from 'node:path';
import { StorageError } from '../storage.ts';
import { fullDiskOr } from './full-disk.ts';

const SQLITE_BUSY = 5;

/**
 * Takes a directory for this process. The lock is the kernel's, held through SQLite because Node has no `fcntl`, so
 * that it goes with the process however that ends and nothing stale is ever left.
 */
export async function lockDirectory(directory: string): Promise<Disposable> {
  const { DatabaseSync } = await import('node:sqlite');
  const lock = new DatabaseSync(join(directory, 'lock'), { open: false });
  try {
    lock.open();
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    if (lock.isOpen) lock.close();
    const reason = await fullDiskOr(cause, directory);
    const why = reason instanceof Error ? reason.message : String(reason);
    const detail = isBusyCause(cause)
      ? 'the directory is in use by another process'
      : `the directory cannot be locked: ${why}`;
    throw new StorageError('Unavailable', directory, detail, { cause });
  }
  return {
    [Symbol.dispose]: () => {
      lock.close();
    },
  };
}

/** Whether a directory could not be taken because another process has it. */
export function isBusy(err: StorageError): boolean {
  return isBusyCause(err.cause);
}

function isBusyCause(cause: unknown): boolean {
  return cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY;
}
