import { access, constants, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory, systemClock, type Clock } from '../component-base/index.ts';
import { KubeconfigDocument, KubeconfigError, readIfThere, type Section } from './kubeconfig-document.ts';

export interface NamedCluster {
  readonly name: string;
  readonly cluster: Readonly<Record<string, unknown>>;
}

export interface NamedUser {
  readonly name: string;
  readonly user: Readonly<Record<string, unknown>>;
}

export interface NamedContext {
  readonly name: string;
  readonly context: { readonly cluster: string; readonly user: string; readonly namespace?: string };
}

export interface KubeconfigEntries {
  readonly clusters: readonly NamedCluster[];
  readonly users: readonly NamedUser[];
  readonly contexts: readonly NamedContext[];
  /** Becomes the current one if there is none. */
  readonly currentContext?: string;
  /** Who wrote these entries, noted in each of them; only entries of the same owner are ever replaced or removed. */
  readonly ownedBy: string;
}

export interface KubeconfigWriteOptions {
  /** How long to wait for somebody else who is writing the file. */
  readonly lockTimeoutMs?: number;
  readonly clock?: Clock;
}

const LOCK_POLL_MS = 20;

/** Rejects with a `KubeconfigError`, before anything is done, when `mergeKubeconfig` would refuse entries of these names. */
export async function assertMergeable(
  path: string,
  names: Readonly<Record<Section, readonly string[]>>,
  ownedBy: string,
): Promise<void> {
  const text = await readIfThere(path);
  if (text === undefined) return;
  await assertWritable(path);
  const document = await KubeconfigDocument.parse(path, text);
  for (const section of ['clusters', 'users', 'contexts'] as const) {
    for (const name of names[section]) document.refuseForeign(section, name, ownedBy);
  }
}

/** The file is replaced, which its own mode would not prevent: who made it read-only meant it. */
async function assertWritable(path: string): Promise<void> {
  try {
    await access(path, constants.W_OK);
  } catch (err) {
    throw new KubeconfigError(`${path} may not be written; set KUBECONFIG to another file`, { cause: err });
  }
}

/**
 * Adds the entries to a kubeconfig, or replaces those of the same names and the same owner. All else stays as it is,
 * comments and unknown fields too. An entry of the same name that is somebody else's, and a file that is no
 * kubeconfig, is a `KubeconfigError`, and the file is not touched. The file is replaced in one step, readable by its owner only.
 */
export async function mergeKubeconfig(
  path: string,
  entries: KubeconfigEntries,
  options: KubeconfigWriteOptions = {},
): Promise<void> {
  await makeDirectory(dirname(path), 0o700);
  const { clusters, users, contexts, currentContext, ownedBy } = entries;
  await changing(path, options, (document) => {
    for (const { name, cluster } of clusters) document.put('clusters', name, cluster, ownedBy);
    for (const { name, user } of users) document.put('users', name, user, ownedBy);
    for (const { name, context } of contexts) document.put('contexts', name, context, ownedBy);
    if (currentContext !== undefined && document.currentContext === '') document.currentContext = currentContext;
    return true;
  });
}

/** Puts another in the place of the owner's user of that name; a file or an entry that is not there stays so. */
export async function replaceKubeconfigUser(
  path: string,
  { name, user }: NamedUser,
  ownedBy: string,
  options: KubeconfigWriteOptions = {},
): Promise<void> {
  if ((await readIfThere(path)) === undefined) return;
  await changing(path, options, (document) => {
    if (!document.has('users', name)) return false;
    document.put('users', name, user, ownedBy);
    return true;
  });
}

/**
 * Removes the clusters, users and contexts of these names as far as they are this owner's. A current context that is
 * gone with them is unset. A file that is not there has nothing to remove.
 */
export async function removeFromKubeconfig(
  path: string,
  names: readonly string[],
  ownedBy: string,
  options: KubeconfigWriteOptions = {},
): Promise<void> {
  if ((await readIfThere(path)) === undefined) return;
  await changing(path, options, (document) => {
    const removed = (['clusters', 'users', 'contexts'] as const).flatMap((section) =>
      names.filter((name) => document.remove(section, name, ownedBy)),
    );
    const { currentContext } = document;
    if (removed.includes(currentContext) && !document.has('contexts', currentContext)) document.currentContext = '';
    return removed.length > 0;
  });
}

async function changing(
  path: string,
  { lockTimeoutMs = 5_000, clock = systemClock }: KubeconfigWriteOptions,
  change: (document: KubeconfigDocument) => boolean,
): Promise<void> {
  const { default: writeFileAtomic } = await import('write-file-atomic');
  await using _lock = await lock(`${path}.lock`, lockTimeoutMs, clock);
  const text = await readIfThere(path);
  if (text !== undefined) await assertWritable(path);
  const document = await KubeconfigDocument.parse(path, text ?? '');
  if (!change(document)) return;
  await writeFileAtomic(path, document.toString(), { mode: 0o600 });
}

/** kubectl's convention: who creates the lock file may write the kubeconfig. */
async function lock(path: string, timeoutMs: number, clock: Clock): Promise<AsyncDisposable> {
  const deadline = clock.now() + timeoutMs;
  for (;;) {
    try {
      await (await open(path, 'wx', 0o600)).close();
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    } catch (err) {
      if (!(err instanceof Error) || !('code' in err) || err.code !== 'EEXIST') throw err;
      if (clock.now() >= deadline) {
        const advice = 'if nobody is writing the kubeconfig, remove that file';
        throw new KubeconfigError(`${path} has been there for ${timeoutMs} ms; ${advice}`, { cause: err });
      }
    }
    await clock.sleep(LOCK_POLL_MS);
  }
}
