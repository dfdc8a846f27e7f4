import { open, readFile, rm } from 'node:fs/promises';
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

function alive(pid: number, beginning: string): boolean {
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
export async function lockHolder(home: Home): Promise<number | undefined> {
  let text: string;
  try {
    text = await readFile(home.lock, 'utf8');
  } catch (err) {
    if (err instanceof Error && 'code' in err && (err.code === 'ENOENT' || err.code === 'ENOTDIR')) return undefined;
    throw homeError(home, err);
  }
  const [pid = '', beginning = ''] = text.trim().split(' ');
  return /^\d+$/.test(pid) && alive(Number(pid), beginning) ? Number(pid) : undefined;
}

/** Throws `HomeError` when another process holds it. A lock that a dead process left is taken over. */
export async function takeLock(home: Home): Promise<Lock> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const file = await open(home.lock, 'wx', 0o600);
      await file.writeFile(`${process.pid} ${beginningOf(process.pid) ?? ''}\n`);
      await file.close();
      return { pid: process.pid, [Symbol.asyncDispose]: () => rm(home.lock, { force: true }) };
    } catch (err) {
      if (!(err instanceof Error && 'code' in err && err.code === 'EEXIST')) throw homeError(home, err);
      const holder = await lockHolder(home);
      if (holder !== undefined) throw new HomeError(`a fleet already runs in ${home.directory} (process ${holder})`);
      await rm(home.lock, { force: true });
    }
  }
  throw new HomeError(`the lock ${home.lock} cannot be taken; is another "koinon up" starting?`);
}
