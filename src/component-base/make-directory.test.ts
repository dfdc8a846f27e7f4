import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDirectory } from './make-directory.ts';

it('makes what is missing, is content with what is there, and rejects where nothing can be made', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'make-directory-'));
  try {
    const path = join(directory, 'a', 'b', 'c');
    await makeDirectory(path, 0o700);
    await makeDirectory(path, 0o700);
    expect((await stat(join(directory, 'a'))).mode & 0o777).toBe(0o700);
    await writeFile(join(directory, 'file'), '');
    await expect(makeDirectory(join(directory, 'file'), 0o700)).rejects.toThrow('EEXIST');
    await expect(makeDirectory(join(directory, 'file', 'x'), 0o700)).rejects.toThrow('ENOTDIR');
    await expect(makeDirectory('/proc/nothing/here', 0o700)).rejects.toThrow('ENOENT');
  } finally {
    await rm(directory, { recursive: true });
  }
});
