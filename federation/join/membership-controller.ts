import { formatTime, isConflict, setCondition } from '../../src/apimachinery/index.ts';
import { clusterRoles, type Secret } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { untilAborted, type Clock, type Logger, type Runnable } from '../../src/component-base/index.ts';
import {
  controller,
  WorkQueue,
  type EventRecorder,
  type Informer,
  type ReconcileResult,
} from '../../src/controller/index.ts';
import {
  clusters as clusterResource,
  FEDERATION_SYSTEM_NAMESPACE,
  isOffline,
  isReady,
  type Cluster,
  type ClusterCondition,
} from '../apis/index.ts';
import type { ClusterClients } from '../cluster/index.ts';
import { describeGaps, rulesFor } from './access-gaps.ts';
import { reviewAccess, type AccessReview } from './access-review.ts';
import { bookkeeping } from './bookkeeping.ts';
import type { Wishes } from './member-rules.ts';
import { renewalDueMs, renewToken, tokenTimes } from './token-renewal.ts';
import { wantedKinds } from './wanted-kinds.ts';

export interface MembershipDeps {
  readonly federation: Client;
  readonly clusters: Informer<Cluster>;
  /** Of the namespace `federation-system` at least. */
  readonly secrets: Informer<Secret>;
  readonly clients: Pick<ClusterClients, 'get' | 'onChange'>;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
}

const WORKERS = 8;
const CALL_TIMEOUT_MS = 15_000;
const REVIEW_MS = 10 * 60_000;
const LONGEST_RETRY_MS = 5 * 60_000;

type News = Pick<ClusterCondition, 'reason' | 'message'> & {
  readonly type: 'Authorized' | 'CredentialsCurrent';
  readonly status: 'True' | 'False';
};

/**
 * Keeps what joining made: renews the token by which we act in each member before it ends, and says in the Cluster's
 * status what the member does not let us do. Where our role there may be widened by ourselves, it is.
 */
export function membershipController(deps: MembershipDeps): Runnable {
  const { clusters, secrets, clients, clock, log } = deps;
  const name = 'federation-membership-controller';
  const queue = new WorkQueue(clock, { name, maxDelayMs: LONGEST_RETRY_MS });
  const worker = controller({
    name,
    queue,
    workers: WORKERS,
    clock,
    log,
    reconcileTimeoutMs: CALL_TIMEOUT_MS,
    // A client that pays no heed to its signal must not keep us from going on.
    reconcile: (key, signal) => untilAborted(keep(deps, key, signal), signal),
  });
  return {
    name,
    async run(signal, ready) {
      const removals = [
        clusters.onEvent(({ key, type, object, previous }) => {
          if (type === 'delete') return;
          if (previous === undefined || isReady(previous) !== isReady(object)) queue.add(key);
        }),
        clients.onChange((cluster, client) => {
          if (client !== undefined) queue.add(cluster);
        }),
        secrets.onEvent(({ object: { metadata } }) => {
          const cluster = metadata.annotations?.[bookkeeping.cluster];
          if (metadata.namespace === FEDERATION_SYSTEM_NAMESPACE && cluster !== undefined) queue.add(cluster);
        }),
      ];
      await worker.run(signal, ready);
      for (const remove of removals) remove();
    },
  };
}

async function keep(deps: MembershipDeps, name: string, signal: AbortSignal): Promise<ReconcileResult> {
  const cluster = deps.clusters.lister.get(name);
  const member = deps.clients.get(name);
  // Whatever is missing here comes with an event that brings the key back.
  if (cluster === undefined || member === undefined || isOffline(cluster)) return {};
  const renewal = await keepToken(deps, cluster, member, signal);
  if (isReady(cluster)) await tellAccess(deps, cluster, member, signal);
  return { requeueAfterMs: Math.min(REVIEW_MS, renewal) };
}

/** Resolves to how long until it should be looked at again. */
async function keepToken(deps: MembershipDeps, cluster: Cluster, member: Client, signal: AbortSignal): Promise<number> {
  const { federation, secrets, clock } = deps;
  const secret = secrets.lister.get(`${FEDERATION_SYSTEM_NAMESPACE}/${cluster.spec?.secretRef?.name ?? ''}`);
  const times = secret === undefined ? undefined : tokenTimes(secret);
  if (secret === undefined || times === undefined) return REVIEW_MS;
  const dueMs = renewalDueMs(times, clock.now());
  if (dueMs > 0) {
    await tell(deps, cluster, current(times.expiresAt), signal);
    return dueMs;
  }
  try {
    const renewed = await renewToken(
      { federation, member, now: clock.now() },
      { cluster, secret, seconds: times.seconds },
      signal,
    );
    await tell(deps, cluster, current(renewed.expiresAt), signal);
    return renewalDueMs(renewed, clock.now());
  } catch (err) {
    // The Secret has changed since it was read here.
    if (isConflict(err)) throw err;
    const why = err instanceof Error ? err.message : String(err);
    const ends = `the token ${times.expiresAt > clock.now() ? 'ends' : 'ended'} at ${formatTime(times.expiresAt)}`;
    const message = `${ends} and cannot be renewed: ${why}. "koinon join" with the name and the context of the cluster makes a new one`;
    await tell(
      deps,
      cluster,
      { type: 'CredentialsCurrent', status: 'False', reason: 'RenewalFailed', message },
      signal,
    );
    throw err;
  }
}

function current(expiresAt: number): News {
  const message = `the token ends at ${formatTime(expiresAt)} and is renewed before`;
  return { type: 'CredentialsCurrent', status: 'True', reason: 'TokenRenewed', message };
}

async function tellAccess(deps: MembershipDeps, cluster: Cluster, member: Client, signal: AbortSignal): Promise<void> {
  const role = cluster.metadata.annotations?.[bookkeeping.clusterRole] ?? '';
  const wishes = { kinds: await wantedKinds(deps.federation, signal), role };
  const review = await reviewAccess(member, wishes, signal);
  if (review === undefined) return;
  const { missing } = await widened(member, wishes, review, signal);
  const remedy =
    role === '' ? 'Grant it to the user that the federation is there' : '"koinon join" again grants what is missing';
  const news: News =
    missing.length === 0
      ? { type: 'Authorized', status: 'True', reason: 'Authorized', message: 'the cluster allows all that is needed' }
      : {
          type: 'Authorized',
          status: 'False',
          reason: 'PermissionsMissing',
          message: `the cluster does not allow to ${describeGaps(missing)}; all else works. ${remedy}`,
        };
  await tell(deps, cluster, news, signal);
}

/** As after an upgrade that copies more kinds. */
async function widened(
  member: Client,
  wishes: Wishes,
  review: AccessReview,
  signal: AbortSignal,
): Promise<AccessReview> {
  if (review.missing.length === 0 || !review.mayWiden) return review;
  const role = await member.get(clusterRoles, { name: wishes.role }, { signal });
  const rules = [...(role.rules ?? []), ...rulesFor(review.missing)];
  await member.update(clusterRoles, { ...role, rules }, { signal });
  return (await reviewAccess(member, wishes, signal)) ?? review;
}

/** Writes the condition, and an event if it is bad news, unless it is there already. */
async function tell(
  { federation, events, clock }: MembershipDeps,
  cluster: Cluster,
  news: News,
  signal: AbortSignal,
): Promise<void> {
  const before = cluster.status?.conditions;
  const after = setCondition<ClusterCondition>(before, news, clock.now());
  const condition = after.find(({ type }) => type === news.type);
  if (after === before || condition === undefined) return;
  if (news.status === 'False') events.event(cluster, 'Warning', news.reason ?? '', news.message ?? '');
  // Merged by type: whoever judges the health of the cluster writes the others.
  const patch = { status: { conditions: [{ ...condition }] } };
  await federation.patch(
    clusterResource,
    { name: cluster.metadata.name ?? '' },
    { type: 'strategic', patch },
    { subresource: 'status', signal },
  );
}
