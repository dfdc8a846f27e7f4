import { constants } from 'node:fs';
import { access, chmod, readFile, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { makeDirectory } from '../../src/component-base/index.ts';
import type { FleetConfig } from './config.ts';

/** Where a fleet keeps what it must not forget. Everything in it is private to the user. */
export interface Home {
  readonly directory: string;
  readonly state: string;
  readonly lock: string;
  /** Held by an `up` that is about to start a supervisor: one at a time. */
  readonly upLock: string;
  readonly socket: string;
  readonly pki: string;
  readonly logs: string;
  readonly supervisorLog: string;
  /** Data of the federation control plane. */
  readonly federation: string;
  readonly dns: string;
  /** Data of one member. */
  cluster(name: string): string;
  log(component: string): string;
}

export function homeAt(directory: string): Home {
  const logs = join(directory, 'logs');
  return {
    directory,
    state: join(directory, 'fleet.json'),
    lock: join(directory, 'run', 'lock'),
    upLock: join(directory, 'run', 'up-lock'),
    socket: join(directory, 'run', 'supervisor.sock'),
    pki: join(directory, 'pki'),
    logs,
    supervisorLog: join(logs, 'supervisor.log'),
    federation: join(directory, 'federation'),
    dns: join(directory, 'dns'),
    cluster: (name) => join(directory, 'clusters', name),
    log: (component) => join(logs, `${component}.log`),
  };
}

/** A problem with the state directory that the user can mend; the message says how. */
export class HomeError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HomeError';
  }
}

/** Linux' limit for the path of a Unix socket, less the closing zero. */
const MAX_SOCKET_PATH = 107;

/** What a small fleet writes in its first minutes, several times over. */
const MIN_FREE_BYTES = 64 * 1024 * 1024;

/** Makes the directories, private to the user. Throws `HomeError`. */
export async function prepareHome(home: Home): Promise<void> {
  if (Buffer.byteLength(home.socket) > MAX_SOCKET_PATH) {
    throw new HomeError(`${home.directory} is too long a path for a socket in it; set KOINON_HOME to a shorter one`);
  }
  try {
    await makeDirectory(home.directory, 0o700);
    await chmod(home.directory, 0o700);
    for (const part of ['run', 'pki', 'logs', 'federation', 'dns', 'clusters']) {
      await makeDirectory(join(home.directory, part), 0o700);
    }
    await access(home.directory, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(home.directory);
    if (bavail * bsize < MIN_FREE_BYTES) throw Object.assign(new Error('too little room'), { code: 'ENOSPC' });
  } catch (err) {
    throw homeError(home, err);
  }
}

/** Says in plain words what the operating system did not like. */
export function homeError(home: Home, err: unknown): HomeError {
  const code = err instanceof Error && 'code' in err ? String(err.code) : '';
  const where = home.directory;
  const words: Readonly<Record<string, string>> = {
    EACCES: `${where} may not be written by this user; set KOINON_HOME to a directory that may`,
    EPERM: `${where} may not be written by this user; set KOINON_HOME to a directory that may`,
    EROFS: `${where} is on a read-only file system; set KOINON_HOME to a directory elsewhere`,
    ENOSPC: `no space is left on the disk of ${where}; make room, or set KOINON_HOME to a directory elsewhere`,
    EDQUOT: `the disk quota of ${where} is used up; make room, or set KOINON_HOME to a directory elsewhere`,
    ENOTDIR: `${where} is not a directory; set KOINON_HOME to one`,
    EEXIST: `${where} is not a directory; set KOINON_HOME to one`,
  };
  const message = words[code] ?? `${where} cannot be used: ${err instanceof Error ? err.message : String(err)}`;
  return new HomeError(message, { cause: err });
}

/** What outlives the supervisor: enough for `up` to continue and for `down` to clean up. */
export interface FleetState {
  readonly version: 1;
  readonly config: FleetConfig;
  /** The second octet of each component's block of 127.0.0.0/8, by component name. */
  readonly blocks: Readonly<Record<string, number>>;
  /** Components that were stopped or killed by command and stay so. */
  readonly stopped: readonly string[];
  /** Members that were unjoined by command and stay so. */
  readonly unjoined: readonly string[];
}

export async function readState(home: Home): Promise<FleetState | undefined> {
  let text: string;
  try {
    text = await readFile(home.state, 'utf8');
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return undefined;
    throw homeError(home, err);
  }
  try {
    const state: unknown = JSON.parse(text);
    if (typeof state === 'object' && state !== null && 'version' in state && state.version === 1) {
      // @NOTE only writeState writes this file, atomically, and the version is that of its shape.
      return state as FleetState;
    }
    throw new Error('it was written by another version of koinon');
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    throw new HomeError(`${home.state} cannot be read (${why}); "koinon down" removes the fleet and its data`, {
      cause: err,
    });
  }
}

export async function writeState(home: Home, state: FleetState): Promise<void> {
  try {
    await writeFileAtomic(home.state, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  } catch (err) {
    throw homeError(home, err);
  }
}

/** Removes what a fleet left, but not the directory itself nor what is not ours in it. */
export async function removeData(home: Home): Promise<void> {
  await discardFleet(home);
  for (const part of ['logs', 'run', 'kubeconfigs']) {
    await rm(join(home.directory, part), { recursive: true, force: true });
  }
}

/** Removes a fleet that did not come to be; its logs, which tell why, stay. */
export async function discardFleet(home: Home): Promise<void> {
  for (const part of ['clusters', 'federation', 'dns', 'pki', 'fleet.json']) {
    await rm(join(home.directory, part), { recursive: true, force: true });
  }
}
