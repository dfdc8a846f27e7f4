import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { HomeError, homeError, type Home } from './home.ts';

/** Only one supervisor may use a home. The lock names its process, so that one left by a dead process is known. */
export interface Lock extends AsyncDisposable {
  readonly pid: number;
}

/**
 * When a process began, in clock ticks since boot: tells it from a later one with the same pid. Empty where there is no
 * /proc to tell; `undefined` for a process that has ended and only waits to be reaped (`proc(5)`).
 */
function beginningOf(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
  // The command name, in parentheses, may hold spaces; behind it come the state and, 19 further on, the start time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : (fields[19] ?? '');
}

/** Whether the process is there, and, where its beginning is told, is the one that began then. */
export function isAlive(pid: number, beginning = ''): boolean {
  try {
    process.kill(pid, 0);
  } catch (err) {
    // EPERM: it lives and is somebody else's.
    if (!(err instanceof Error && 'code' in err && err.code === 'EPERM')) return false;
  }
  const present = beginningOf(pid);
  return present !== undefined && (beginning === '' || present === '' || present === beginning);
}

/** The pid of the living process that holds the lock. */
export async function lockHolder(home: Home, file = home.lock): Promise<number | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (err) {
    if (err instanceof Error && 'code' in err && (err.code === 'ENOENT' || err.code === 'ENOTDIR')) return undefined;
    throw homeError(home, err);
  }
  const [pid = '', beginning = ''] = text.trim().split(' ');
  return /^\d+$/.test(pid) && isAlive(Number(pid), beginning) ? Number(pid) : undefined;
}

/** Takes a lock unless a living process has it; one that a dead process left is taken over. */
export async function tryLock(home: Home, file = home.lock): Promise<Lock | undefined> {
  const own = `${file}.${process.pid}`;
  try {
    // Whoever finds the lock finds a name in it: written first, it appears whole.
    await writeFile(own, `${process.pid} ${beginningOf(process.pid) ?? ''}\n`, { mode: 0o600 });
    for (let attempt = 0; attempt < 3; attempt++) {
      if (await linked(own, file)) return { pid: process.pid, [Symbol.asyncDispose]: () => rm(file, { force: true }) };
      if ((await lockHolder(home, file)) !== undefined) return undefined;
      await rm(file, { force: true });
    }
    return undefined;
  } catch (err) {
    throw err instanceof HomeError ? err : homeError(home, err);
  } finally {
    await rm(own, { force: true });
  }
}

/** As `tryLock`. Throws `HomeError` when another process holds it. */
export async function takeLock(home: Home): Promise<Lock> {
  const lock = await tryLock(home);
  if (lock !== undefined) return lock;
  throw new HomeError(
    `a fleet already runs in ${home.directory} (process ${(await lockHolder(home)) ?? 'just begun'})`,
  );
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'EEXIST') return false;
    throw err;
  }
}
