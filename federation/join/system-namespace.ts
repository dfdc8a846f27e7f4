import { isNotFound } from '../../src/apimachinery/index.ts';
import { namespaces, secrets, serviceAccounts } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import { ensure, remove } from './ensure.ts';
import type { Undo } from './undo.ts';

const POLL_MS = 100;

/** The namespace of the account; one that is going is waited for, until `signal` aborts. */
export async function ensureNamespace(
  member: Client,
  name: string,
  { clock, done, signal }: { readonly clock: Clock; readonly done: Undo; readonly signal: AbortSignal },
): Promise<void> {
  for (;;) {
    const { object, created } = await ensure(member, namespaces, { metadata: { name } }, { signal });
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
