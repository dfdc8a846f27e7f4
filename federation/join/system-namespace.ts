import { isNotFound } from '../../src/apimachinery/index.ts';
import { namespaces, secrets, serviceAccounts, type Namespace } from '../../src/apis/index.ts';
import type { Client, NewObject } from '../../src/client/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import { bookkeeping } from './bookkeeping.ts';
import { ensure, remove } from './ensure.ts';
import { foreignContent } from './namespace-content.ts';
import type { Undo } from './undo.ts';

const POLL_MS = 100;

/** As it is made where it is not there. */
export function namespaceOf(name: string): NewObject<Namespace> {
  return { metadata: { name, annotations: { [bookkeeping.madeByJoin]: 'true' } } };
}

export async function isMadeByJoin(member: Client, name: string, signal: AbortSignal): Promise<boolean> {
  const [present] = await listed(member.list(namespaces, { fieldSelector: `metadata.name=${name}`, signal }));
  return present?.metadata.annotations?.[bookkeeping.madeByJoin] === 'true';
}

/** Joining made it, and nobody else is in it. */
export async function isOursAlone(member: Client, name: string, signal: AbortSignal): Promise<boolean> {
  if (!(await isMadeByJoin(member, name, signal))) return false;
  return (await foreignContent({ member, signal }, name)).length === 0;
}

/** The namespace of the account; one that is going is waited for, until `signal` aborts. */
export async function ensureNamespace(
  member: Client,
  name: string,
  { clock, done, signal }: { readonly clock: Clock; readonly done: Undo; readonly signal: AbortSignal },
): Promise<void> {
  for (;;) {
    const { object, created } = await ensure(member, namespaces, namespaceOf(name), { signal });
    if (created) done.push({ what: `namespace ${name}`, undo: (own) => removeIfEmpty(member, name, own) });
    if (object.metadata.deletionTimestamp === undefined) return;
    await clock.sleep(POLL_MS, signal);
  }
}

/** Another federation may have moved in meanwhile. */
async function removeIfEmpty(member: Client, name: string, signal: AbortSignal): Promise<void> {
  const accounts = await listed(member.list(serviceAccounts, { namespace: name, signal }));
  const kept = await listed(member.list(secrets, { namespace: name, signal }));
  const isOccupied = accounts.some(({ metadata }) => metadata.name !== 'default') || kept.length > 0;
  if (!isOccupied) await remove(member, namespaces, { name }, signal);
}

async function listed<T>(list: Promise<{ readonly items: readonly T[] }>): Promise<readonly T[]> {
  try {
    return (await list).items;
  } catch (err) {
    if (isNotFound(err)) return [];
    throw err;
  }
}
