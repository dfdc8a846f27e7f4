import { isNotFound } from '../../src/apimachinery/index.ts';
import { secrets } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { untilAborted, withDeadline, type Clock } from '../../src/component-base/index.ts';
import { clusters, FEDERATION_SYSTEM_NAMESPACE, type Cluster } from '../apis/index.ts';
import { readRestoration } from '../restoration/index.ts';
import { bookkeeping } from './bookkeeping.ts';
import { accountNames, type AccountNames } from './member-account.ts';

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

/** What there is to be taken back. */
export interface UnjoinSubject {
  /** Absent where it is not in the federation. */
  readonly cluster?: Cluster;
  readonly names: AccountNames;
  /** Secrets in the federation. */
  readonly credentials: readonly string[];
  /** Why nothing can be done in the member; absent where it answers. */
  readonly unreachable?: string;
}

const REACH_TIMEOUT_MS = 5_000;

/** Rejects for a member that cannot be reached, unless forced, and where copies are to go on the word of a backup. */
export async function unjoinSubject(options: UnjoinOptions, signal: AbortSignal): Promise<UnjoinSubject> {
  const { federation, name, federationName, cascade, force = false } = options;
  if (cascade === 'delete' && (await readRestoration(federation, signal)) !== undefined) {
    throw new Error(
      'the federation was restored from a backup, and deletes no copies until that is confirmed: "koinon confirm-restore". With --cascade=orphan they stay',
    );
  }
  const cluster = await clusterOf(federation, name, signal);
  const unreachable = await whyUnreachable(options, signal);
  if (unreachable !== undefined && cluster !== undefined && !force) {
    throw new Error(
      `cluster ${name} cannot be reached (${unreachable}), so what is in it cannot be cleaned up. If it is gone for good, --force takes it out of the federation all the same, and tells what it leaves behind`,
    );
  }
  return {
    ...(cluster === undefined ? {} : { cluster }),
    names: namesOf(cluster, accountNames(federationName, name, FEDERATION_SYSTEM_NAMESPACE)),
    credentials: await credentialsOf(federation, name, cluster, signal),
    ...(unreachable === undefined ? {} : { unreachable }),
  };
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
