import { readFile } from 'node:fs/promises';

/**
 * Memory of a process in bytes: its own and its part of what it shares with others (PSS, `proc(5)`), so that the sum
 * over processes is the truth; resident memory where the kernel does not tell; undefined where there is no /proc.
 */
export async function processMemoryBytes(pid: number): Promise<number | undefined> {
  return (await kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss')) ?? (await kilobytes(`/proc/${pid}/status`, 'VmRSS'));
}

async function kilobytes(file: string, field: string): Promise<number | undefined> {
  try {
    const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(await readFile(file, 'utf8'));
    return match === null ? undefined : Number(match[1]) * 1024;
  } catch {
    return undefined;
  }
}
