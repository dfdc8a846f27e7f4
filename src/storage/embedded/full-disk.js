import { statfs } from 'node:fs/promises';
/** With less room than this a failed write is put down to a full disk: databases tell their own reasons badly. */
const FULL_BYTES = 4 * 1024 * 1024;
async function isFull(directory) {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize < FULL_BYTES;
}
const fullDisk = (cause) => new Error('no space is left on the disk', cause === undefined ? undefined : { cause });
/** Rejects when there is no room to begin with: a file mapped into memory kills its process when it cannot grow. */
export async function requireRoom(directory) {
    if (await isFull(directory))
        throw fullDisk();
}
/** `cause`, or that no space is left on the disk of `directory` when that is what it must be. */
export async function fullDiskOr(cause, directory) {
    return (await isFull(directory)) ? fullDisk(cause) : cause;
}
