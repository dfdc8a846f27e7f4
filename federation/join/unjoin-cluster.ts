import { isNotFound } from '../../src/apimachinery/index.ts';
import { secrets } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { untilAborted, withDeadline } from '../../src/component-base/index.ts';
import { clusters, FEDERATION_SYSTEM_NAMESPACE, type Cluster } from '../apis/index.ts';
import { remove } from './ensure.ts';
import { bookkeeping } from './join-cluster.ts';
import { accountNames, removeAccount, type AccountNames } from './member-account.ts';
import { forgetFederation } from './member-dns.ts';

export interface UnjoinOptions {
  readonly federation: Client;
  /** As an administrator of the member; without it, or when it cannot be reached, the account there stays. */
  readonly member?: Client;
  readonly name: string;
  readonly federationName: string;
  readonly signal?: AbortSignal;
  /** For what is done in the member; 15 s. */
  readonly memberTimeoutMs?: number;
}

export interface UnjoinResult {
  /** It was in the federation. */
  readonly found: boolean;
  /** What could not be cleaned up. */
  readonly warnings: readonly string[];
}

/**
 * Takes a cluster out of the federation. Copies of federated objects stay in it, and go on running there; records that
 * point to it go. The federation's account in the member and its name in the member's DNS are removed.
 */
export async function unjoinCluster(options: UnjoinOptions): Promise<UnjoinResult> {
  const { federation, name, federationName } = options;
  const signal = options.signal ?? new AbortController().signal;
  const cluster = await clusterOf(federation, name, signal);
  const warnings: string[] = [];
  if (cluster === undefined) warnings.push(`cluster ${name} is not in the federation`);
  await remove(federation, clusters, { name }, signal);
  const secret = cluster?.spec?.secretRef?.name ?? name;
  const key = { name: secret, namespace: FEDERATION_SYSTEM_NAMESPACE };
  if (!(await remove(federation, secrets, key, signal))) warnings.push(`secret ${secret} not found`);
  warnings.push(...(await cleanUp(options, namesOf(cluster, accountNames(federationName, name)), signal)));
  return { found: cluster !== undefined, warnings };
}

/** As noted when it joined. */
function namesOf(cluster: Cluster | undefined, own: AccountNames): AccountNames {
  const noted = cluster?.metadata.annotations ?? {};
  return {
    ...own,
    serviceAccount: noted[bookkeeping.serviceAccount] ?? own.serviceAccount,
    clusterRole: noted[bookkeeping.clusterRole] ?? own.clusterRole,
  };
}

/** In the member; resolves to what could not be done. */
async function cleanUp(
  { member, name, federationName, memberTimeoutMs = 15_000 }: UnjoinOptions,
  names: AccountNames,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (member === undefined) return [`service account ${names.serviceAccount} stays in cluster ${name}`];
  const deadline = withDeadline(memberTimeoutMs, signal);
  try {
    await untilAborted(forgetFederation(member, federationName, deadline), deadline);
    return await untilAborted(removeAccount(member, names, deadline), deadline);
  } catch (err) {
    signal.throwIfAborted();
    return [`cluster ${name} was not cleaned up: ${err instanceof Error ? err.message : String(err)}`];
  }
}

async function clusterOf(federation: Client, name: string, signal: AbortSignal): Promise<Cluster | undefined> {
  try {
    return await federation.get(clusters, { name }, { signal });
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}
