import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { Restoration } from '../../federation/restoration/index.ts';
import { formatTime, isObject } from '../apimachinery/index.ts';
import { systemClock } from '../component-base/index.ts';

/** Beside the data of a federation that was restored, until the federation itself has noted it. */
const fileIn = (directory: string) => join(directory, 'restored.json');

/** `takenAt` is when the backup was, in milliseconds since the epoch. */
export async function noteRestore(directory: string, takenAt: number): Promise<void> {
  const note: Restoration = { takenAt: formatTime(takenAt), restoredAt: formatTime(systemClock.now()) };
  await writeFileAtomic(fileIn(directory), `${JSON.stringify(note)}\n`, { mode: 0o600 });
}

export async function readRestoreNote(directory: string): Promise<Restoration | undefined> {
  let text: string;
  try {
    text = await readFile(fileIn(directory), 'utf8');
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return undefined;
    throw err;
  }
  return parse(text);
}

/** The federation has stored it. */
export async function forgetRestoreNote(directory: string): Promise<void> {
  await rm(fileIn(directory), { force: true });
}

/** Whatever is in the file: that it is there says that nothing may be deleted. */
function parse(text: string): Restoration {
  const unknown = { restoredAt: formatTime(systemClock.now()) };
  try {
    const note: unknown = JSON.parse(text);
    if (!isObject(note)) return unknown;
    const { takenAt, restoredAt } = note;
    return {
      ...(typeof takenAt === 'string' ? { takenAt } : {}),
      ...(typeof restoredAt === 'string' ? { restoredAt } : unknown),
    };
  } catch (err) {
    if (err instanceof SyntaxError) return unknown;
    throw err;
  }
}
