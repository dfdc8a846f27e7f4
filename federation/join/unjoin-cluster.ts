import { isNotFound } from '../../src/apimachinery/index.ts';
import { secrets } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { systemClock, untilAborted, withDeadline, type Clock } from '../../src/component-base/index.ts';
import { peersName, REPORTER_NAMESPACE } from '../../src/reachability/index.ts';
import { clusters, FEDERATION_SYSTEM_NAMESPACE, type Cluster } from '../apis/index.ts';
import { readRestoration } from '../restoration/index.ts';
import { bookkeeping } from './bookkeeping.ts';
import { remove } from './ensure.ts';
import { leftInMember } from './left-behind.ts';
import { accountNames, removeAccount, type AccountNames } from './member-account.ts';
import { forgetFederation } from './member-dns.ts';
import { deleteShards } from './shards.ts';
import { wantedKinds } from './wanted-kinds.ts';

export interface UnjoinOptions {
  readonly federation: Client;
  /** As an administrator of the member, or as the federation itself, which cannot remove its own account. */
  readonly member?: Client;
  readonly name: string;
  readonly federationName: string;
  /** What becomes of the copies in the member; they stay, and go on running, when absent. */
  readonly cascade?: 'orphan' | 'delete';
  /** Also when the member cannot be reached, and so keeps all that is in it. */
  readonly force?: boolean;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** For what is done in the member; 15 s. */
  readonly memberTimeoutMs?: number;
}

export interface UnjoinResult {
  /** It was in the federation. */
  readonly found: boolean;
  /** What could not be cleaned up, in the federation or here. */
  readonly warnings: readonly string[];
  /** What stays in the member of what joining and the federation have made there, other than copies that shall stay. */
  readonly left: readonly string[];
}

const REACH_TIMEOUT_MS = 5_000;

/**
 * Takes a cluster out of the federation: records that point to it go, its copies stay or go as asked, the
 * federation's account in the member and its name in the member's DNS are removed. May be repeated. Rejects before
 * anything is done when the member cannot be reached, unless forced.
 */
export async function unjoinCluster(options: UnjoinOptions): Promise<UnjoinResult> {
  const { federation, name, federationName, force = false } = options;
  const signal = options.signal ?? new AbortController().signal;
  const cluster = await clusterOf(federation, name, signal);
  const warnings: string[] = cluster === undefined ? [`cluster ${name} is not in the federation`] : [];
  if (options.cascade === 'delete' && (await readRestoration(federation, signal)) !== undefined) {
    throw new Error(
      'the federation was restored from a backup, and deletes no copies until that is confirmed: "koinon confirm-restore". With --cascade=orphan they stay',
    );
  }
  const unreachable = await whyUnreachable(options, signal);
  if (unreachable !== undefined && cluster !== undefined && !force) {
    throw new Error(
      `cluster ${name} cannot be reached (${unreachable}), so what is in it cannot be cleaned up. If it is gone for good, --force takes it out of the federation all the same, and tells what it leaves behind`,
    );
  }
  const credentials = await credentialsOf(federation, name, cluster, signal);
  await remove(federation, clusters, { name }, signal);
  const names = namesOf(cluster, accountNames(federationName, name, FEDERATION_SYSTEM_NAMESPACE));
  const left =
    unreachable === undefined ? await cleanUp(options, names, signal) : await leftInMember(options, names, signal);
  for (const secret of credentials) {
    await remove(federation, secrets, { name: secret, namespace: FEDERATION_SYSTEM_NAMESPACE }, signal);
  }
  if (credentials.length === 0) warnings.push(`no secret with credentials of cluster ${name} found`);
  return { found: cluster !== undefined, warnings, left };
}

/** Why nothing can be done in the member; `undefined` when it answers. */
async function whyUnreachable({ member }: UnjoinOptions, signal: AbortSignal): Promise<string | undefined> {
  if (member === undefined) return 'no way to reach it is known';
  const deadline = withDeadline(REACH_TIMEOUT_MS, signal);
  try {
    await untilAborted(member.raw('/version', { signal: deadline }), deadline);
    return undefined;
  } catch (err) {
    signal.throwIfAborted();
    return messageOf(err);
  }
}

/** The Secret that the Cluster names, and those that were made for it: a run that stopped half-way left one. */
async function credentialsOf(
  federation: Client,
  name: string,
  cluster: Cluster | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { items } = await federation.list(secrets, { namespace: FEDERATION_SYSTEM_NAMESPACE, signal });
  const named = cluster?.spec?.secretRef?.name;
  return items
    .filter(({ metadata }) => metadata.name === named || metadata.annotations?.[bookkeeping.cluster] === name)
    .map(({ metadata }) => metadata.name ?? '');
}

/** As noted when it joined. */
function namesOf(cluster: Cluster | undefined, own: AccountNames): AccountNames {
  const noted = cluster?.metadata.annotations ?? {};
  return {
    namespace: noted[bookkeeping.memberNamespace] ?? own.namespace,
    serviceAccount: noted[bookkeeping.serviceAccount] ?? own.serviceAccount,
    clusterRole: noted[bookkeeping.clusterRole] ?? own.clusterRole,
  };
}

/** In the member; resolves to what could not be done. */
async function cleanUp(options: UnjoinOptions, names: AccountNames, signal: AbortSignal): Promise<readonly string[]> {
  const { member, name, federationName, memberTimeoutMs = 15_000, cascade = 'orphan', clock = systemClock } = options;
  if (member === undefined) return [];
  const deadline = withDeadline(memberTimeoutMs, signal);
  const left: string[] = [];
  const step = async (what: string, work: () => Promise<readonly string[] | undefined>) => {
    try {
      left.push(...((await untilAborted(work(), deadline)) ?? []));
    } catch (err) {
      signal.throwIfAborted();
      left.push(`${what}: ${messageOf(err)}`);
    }
  };
  if (cascade === 'delete') {
    const kinds = await wantedKinds(options.federation, signal);
    await step('copies', () => deleteShards({ member, federationName, clock, signal: deadline }, kinds));
  }
  await step(`entry of the federation in the DNS of cluster ${name}`, async () => {
    await forgetFederation(member, federationName, deadline);
    return undefined;
  });
  await step(`what the reporter of cluster ${name} was told`, async () => {
    await remove(member, secrets, { name: peersName(federationName), namespace: REPORTER_NAMESPACE }, deadline);
    return undefined;
  });
  await step(`account ${names.serviceAccount}`, () => removeAccount(member, names, deadline));
  return left;
}

async function clusterOf(federation: Client, name: string, signal: AbortSignal): Promise<Cluster | undefined> {
  try {
    return await federation.get(clusters, { name }, { signal });
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}
