import { isNotFound, isStatusError } from '../../src/apimachinery/index.ts';
import { namespaces, serviceAccounts } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { clusters, FEDERATION_SYSTEM_NAMESPACE, type Cluster } from '../apis/index.ts';
import { bookkeeping } from './bookkeeping.ts';

/** The uid of `kube-system`, which outlives whatever a cluster is called; `undefined` where it may not be seen. */
export async function clusterUidOf(member: Client, signal: AbortSignal): Promise<string | undefined> {
  return uidOf(member, 'kube-system', signal);
}

/** Tells this federation from others of its name. */
export async function federationUidOf(federation: Client, signal: AbortSignal): Promise<string> {
  const { metadata } = await federation.get(namespaces, { name: FEDERATION_SYSTEM_NAMESPACE }, { signal });
  return metadata.uid ?? '';
}

async function uidOf(client: Client, namespace: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return (await client.get(namespaces, { name: namespace }, { signal })).metadata.uid;
  } catch (err) {
    if (isNotFound(err) || isForbidden(err)) return undefined;
    throw err;
  }
}

/** Throws when the cluster behind `uid` is in the federation under another name. Resolves to the Cluster of this name. */
export async function assertNotJoined(
  federation: Client,
  { name, uid }: { readonly name: string; readonly uid: string | undefined },
  signal: AbortSignal,
): Promise<Cluster | undefined> {
  const { items } = await federation.list(clusters, { signal });
  const twin = items.find(
    ({ metadata }) => metadata.name !== name && uid !== undefined && notedUid({ metadata }) === uid,
  );
  if (twin !== undefined) {
    const known = twin.metadata.name ?? '';
    throw new Error(
      `this cluster is in the federation already, as ${JSON.stringify(known)} (its kube-system has the uid ${uid ?? ''}); two names would fight over its copies. Unjoin ${known} first, or join it again by that name`,
    );
  }
  const present = items.find(({ metadata }) => metadata.name === name);
  const noted = present === undefined ? undefined : notedUid(present);
  if (noted !== undefined && uid !== undefined && noted !== uid) {
    throw new Error(
      `cluster ${name} is in the federation already, and is another cluster than this one (the uid of its kube-system is ${noted}, here ${uid}); unjoin it first, or choose another name`,
    );
  }
  return present;
}

function notedUid({ metadata }: Pick<Cluster, 'metadata'>): string | undefined {
  return metadata.annotations?.[bookkeeping.clusterUid];
}

/** Throws when another federation of this name has an account in the member: each would take the other's copies for its own. */
export async function assertNameFree(
  member: Client,
  federation: { readonly name: string; readonly uid: string; readonly namespace: string },
  signal: AbortSignal,
): Promise<void> {
  const { name, uid, namespace } = federation;
  const labelSelector = `${bookkeeping.joinedTo}=${name}`;
  const accounts = await member.list(serviceAccounts, { namespace, labelSelector, signal }).catch((err: unknown) => {
    if (isNotFound(err) || isForbidden(err)) return { items: [] };
    throw err;
  });
  const rival = accounts.items.find(({ metadata }) => {
    const noted = metadata.annotations?.[bookkeeping.federationUid];
    return noted !== undefined && noted !== uid;
  });
  if (rival === undefined) return;
  throw new Error(
    `the cluster is a member of another federation that is called ${name} too (its account is ${namespace}/${rival.metadata.name ?? ''}). Names tell federations apart in a member: unjoin it there first, or, if that federation is no more, delete the account`,
  );
}

function isForbidden(err: unknown): boolean {
  return isStatusError(err) && err.code === 403;
}
