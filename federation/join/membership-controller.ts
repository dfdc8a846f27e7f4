import { formatTime, isConflict } from '../../src/apimachinery/index.ts';
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
import { FEDERATION_SYSTEM_NAMESPACE, isOffline, isReady, type Cluster } from '../apis/index.ts';
import { tellCondition, type ClusterClients, type ConditionNews } from '../cluster/index.ts';
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
  /** Calls the handler with the name of a member that did not allow what was asked of it. */
  readonly onForbidden?: (handler: (cluster: string) => void) => () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

const WORKERS = 8;
const CALL_TIMEOUT_MS = 15_000;
const REVIEW_MS = 10 * 60_000;
/** While something is missing. */
const MISSING_REVIEW_MS = 30_000;
/** However often something is refused, it is not asked more often what is allowed. */
const REFUSED_REVIEW_MS = 5_000;
const LONGEST_RETRY_MS = 5 * 60_000;

/**
 * Keeps what joining made: renews the token by which we act in each member before it ends, and says in the Cluster's
 * status what the member does not let us do. Where our role there may be widened by ourselves, it is.
 */
export function membershipController(deps: MembershipDeps): Runnable {
  const { clusters, secrets, clients, clock, log } = deps;
  const name = 'federation-membership-controller';
  const queue = new WorkQueue(clock, { name, maxDelayMs: LONGEST_RETRY_MS });
  const reviewedAt = new Map<string, number>();
  const worker = controller({
    name,
    queue,
    workers: WORKERS,
    clock,
    log,
    reconcileTimeoutMs: CALL_TIMEOUT_MS,
    // A client that pays no heed to its signal must not keep us from going on.
    reconcile: (key, signal) => {
      reviewedAt.set(key, clock.now());
      return untilAborted(keep(deps, key, signal), signal);
    },
  });
  return {
    name,
    async run(signal, ready) {
      const removals = [
        clusters.onEvent(({ key, type, object, previous }) => {
          if (type === 'delete') reviewedAt.delete(key);
          else if (previous === undefined || isReady(previous) !== isReady(object)) queue.add(key);
        }),
        clients.onChange((cluster, client) => {
          if (client !== undefined) queue.add(cluster);
        }),
        deps.onForbidden?.((cluster) => {
          const at = reviewedAt.get(cluster);
          if (at !== undefined) queue.addAfter(cluster, Math.max(0, at + REFUSED_REVIEW_MS - clock.now()));
        }),
        secrets.onEvent(({ object: { metadata } }) => {
          const cluster = metadata.annotations?.[bookkeeping.cluster];
          if (metadata.namespace === FEDERATION_SYSTEM_NAMESPACE && cluster !== undefined) queue.add(cluster);
        }),
      ];
      await worker.run(signal, ready);
      for (const remove of removals) remove?.();
    },
  };
}

async function keep(deps: MembershipDeps, name: string, signal: AbortSignal): Promise<ReconcileResult> {
  const cluster = deps.clusters.lister.get(name);
  const member = deps.clients.get(name);
  // Whatever is missing here comes with an event that brings the key back.
  if (cluster === undefined || member === undefined || isOffline(cluster)) return {};
  const renewal = await keepToken(deps, cluster, member, signal);
  const isAllowed = !isReady(cluster) || (await tellAccess(deps, cluster, member, signal));
  return { requeueAfterMs: Math.min(isAllowed ? REVIEW_MS : MISSING_REVIEW_MS, renewal) };
}

/** Resolves to how long until it should be looked at again. */
async function keepToken(deps: MembershipDeps, cluster: Cluster, member: Client, signal: AbortSignal): Promise<number> {
  const { federation, secrets, clock } = deps;
  const secret = secrets.lister.get(`${FEDERATION_SYSTEM_NAMESPACE}/${cluster.spec?.secretRef?.name ?? ''}`);
  const times = secret === undefined ? undefined : tokenTimes(secret);
  if (secret === undefined || times === undefined) return REVIEW_MS;
  const dueMs = renewalDueMs(times, clock.now());
  if (dueMs > 0) {
    await tellCondition(deps, cluster, current(times.expiresAt), signal);
    return dueMs;
  }
  try {
    const renewed = await renewToken(
      { federation, member, now: clock.now() },
      { cluster, secret, seconds: times.seconds },
      signal,
    );
    await tellCondition(deps, cluster, current(renewed.expiresAt), signal);
    return renewalDueMs(renewed, clock.now());
  } catch (err) {
    // The Secret has changed since it was read here.
    if (isConflict(err)) throw err;
    const why = err instanceof Error ? err.message : String(err);
    const ends = `the token ${times.expiresAt > clock.now() ? 'ends' : 'ended'} at ${formatTime(times.expiresAt)}`;
    const message = `${ends} and cannot be renewed: ${why}. "koinon join" with the name and the context of the cluster makes a new one`;
    await tellCondition(
      deps,
      cluster,
      { type: 'CredentialsCurrent', status: 'False', reason: 'RenewalFailed', message },
      signal,
    );
    throw err;
  }
}

function current(expiresAt: number): ConditionNews {
  const message = `the token ends at ${formatTime(expiresAt)} and is renewed before`;
  return { type: 'CredentialsCurrent', status: 'True', reason: 'TokenRenewed', message };
}

/** Resolves to whether nothing is missing, as far as the member can be asked. */
async function tellAccess(
  deps: MembershipDeps,
  cluster: Cluster,
  member: Client,
  signal: AbortSignal,
): Promise<boolean> {
  const role = cluster.metadata.annotations?.[bookkeeping.clusterRole] ?? '';
  const wishes = { kinds: await wantedKinds(deps.federation, signal), role };
  const review = await reviewAccess(member, wishes, signal);
  if (review === undefined) return true;
  const { missing } = await widened(member, wishes, review, signal);
  const remedy =
    role === '' ? 'Grant it to the user that the federation is there' : '"koinon join" again grants what is missing';
  const news: ConditionNews =
    missing.length === 0
      ? { type: 'Authorized', status: 'True', reason: 'Authorized', message: 'the cluster allows all that is needed' }
      : {
          type: 'Authorized',
          status: 'False',
          reason: 'PermissionsMissing',
          message: `the cluster does not allow to ${describeGaps(missing)}; all else works. ${remedy}`,
        };
  await tellCondition(deps, cluster, news, signal);
  return missing.length === 0;
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
