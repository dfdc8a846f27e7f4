import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { systemClock } from '../component-base/index.ts';
import { takeSnapshot, type Snapshot } from '../storage/index.ts';
import { dataOf } from './component-data.ts';
import { homeOfUser } from './environment.ts';

const STDOUT = '-';

/** Writes what a component stores, as of one moment, to a file or to standard output. */
export async function backup(name: string, { output }: { readonly output: string }): Promise<void> {
  if (output === STDOUT && process.stdout.isTTY) {
    throw new Error('a backup is not for a terminal; use --output FILE, or let another program read it');
  }
  const { directory } = await dataOf(homeOfUser(), name);
  await using snapshot = await takeSnapshot({ directory, name, clock: systemClock });
  const sizeBytes = output === STDOUT ? await writeStdout(snapshot) : await writeWhole(snapshot, output);
  const how = snapshot.running ? 'while it runs' : 'from its data, while it is stopped';
  const where = output === STDOUT ? 'standard output' : output;
  // Standard output may be the backup itself.
  console.error(`Backed up ${name} ${how}: revision ${snapshot.revision}, ${sizeBytes} bytes, to ${where}`);
}

async function writeStdout(snapshot: Snapshot): Promise<number> {
  let size = 0;
  for (const bytes of snapshot.bytes()) {
    size += bytes.length;
    if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
  }
  return size;
}

/** The file appears whole or not at all, and only its owner may read it: there are secrets in it. */
async function writeWhole(snapshot: Snapshot, path: string): Promise<number> {
  const unfinished = `${path}.${randomUUID()}`;
  let size = 0;
  try {
    await using file = await open(unfinished, 'wx', 0o600);
    for (const bytes of snapshot.bytes()) {
      await file.write(bytes);
      size += bytes.length;
    }
    await file.sync();
    await rename(unfinished, path);
  } catch (err) {
    await rm(unfinished, { force: true });
    throw err;
  }
  return size;
}
