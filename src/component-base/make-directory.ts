import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory, and those above it. Node's own recursive `mkdir` never returns where a file system says of a new
 * entry that it is not there, as /proc and automounters do; this one rejects.
 */
export async function makeDirectory(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (err) {
    const code = err instanceof Error && 'code' in err ? err.code : undefined;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw err;
    await makeDirectory(dirname(path), mode);
    await mkdir(path, { mode });
  }
}
