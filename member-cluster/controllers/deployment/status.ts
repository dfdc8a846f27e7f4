import { deepEqual } from '../../../src/apimachinery/index.ts';
import type { Deployment, ReplicaSet } from '../../../src/apis/index.ts';
import { nameOf } from '../ownership.ts';
import { conditionOf, withCondition, type Conditions, type ConditionState } from './conditions.ts';
import { rolloutLimits, type RolloutLimits } from './replica-limits.ts';
import { all, availableOf, replicasOf, total, type Generations } from './scales.ts';

type Status = NonNullable<Deployment['status']>;

/** What a step of the rollout found out that its ReplicaSets do not say. */
export interface Findings {
  /** Told when nothing better is known of the progress. */
  readonly news?: ConditionState;
  readonly collisionCount?: number;
}

/** The Deployment with its status as its ReplicaSets have it; the same object when nothing changed. */
export function withStatus(
  deployment: Deployment,
  generations: Generations,
  findings: Findings,
  now: number,
): Deployment {
  const limits = rolloutLimits(deployment);
  const counts = countsOf(deployment, generations, findings);
  const started =
    findings.news === undefined
      ? (deployment.status?.conditions ?? [])
      : withCondition(deployment.status?.conditions ?? [], findings.news, now);
  const progressed = withProgress(deployment, { counts, limits, current: generations.current, now }, started);
  const available = withAvailability(counts, limits, progressed, now);
  const conditions = withReplicaFailure(generations, available, now);
  const status: Status = { ...counts, ...(conditions.length === 0 ? {} : { conditions }) };
  return deepEqual(status, deployment.status) ? deployment : { ...deployment, status };
}

/** When the progress deadline will have to be looked at again, if it has not been decided. */
export function deadlineMs({ spec, status }: Deployment, now: number): number | undefined {
  const seconds = spec?.progressDeadlineSeconds;
  const progressing = conditionOf(status?.conditions ?? [], 'Progressing');
  if (progressing === undefined || !isDeadlineSet(seconds)) return undefined;
  if (progressing.reason === 'NewReplicaSetAvailable' || progressing.status !== 'True') return undefined;
  const since = Date.parse(progressing.lastUpdateTime ?? '');
  const wait = since + seconds * 1000 - now;
  return Math.max(0, wait) + 1000;
}

/** Go's clients write the greatest int32 for "no deadline". */
function isDeadlineSet(seconds: number | undefined): seconds is number {
  return seconds !== undefined && seconds !== 2 ** 31 - 1;
}

function countsOf(deployment: Deployment, generations: Generations, { collisionCount }: Findings): Status {
  const replicaSets = all(generations);
  const replicas = total(replicaSets, ({ status }) => status?.replicas ?? 0);
  const available = total(replicaSets, availableOf);
  const collisions = collisionCount ?? deployment.status?.collisionCount;
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...counted('replicas', replicas),
    ...counted('updatedReplicas', generations.current?.status?.replicas ?? 0),
    ...counted(
      'readyReplicas',
      total(replicaSets, ({ status }) => status?.readyReplicas ?? 0),
    ),
    ...counted('availableReplicas', available),
    ...counted('unavailableReplicas', Math.max(0, total(replicaSets, replicasOf) - available)),
    ...(collisions === undefined ? {} : { collisionCount: collisions }),
  };
}

const counted = (name: keyof Status, count: number) => (count === 0 ? {} : { [name]: count });

interface Progress {
  readonly counts: Status;
  readonly limits: RolloutLimits;
  readonly current: ReplicaSet | undefined;
  readonly now: number;
}

function withProgress(deployment: Deployment, progress: Progress, conditions: Conditions): Conditions {
  const { paused, progressDeadlineSeconds } = deployment.spec ?? {};
  const { counts, limits, now } = progress;
  const before = conditionOf(conditions, 'Progressing');
  if (paused === true || !isDeadlineSet(progressDeadlineSeconds) || isSettled(before, counts)) return conditions;

  const complete = isComplete(counts, limits);
  const progressed = !complete && hasProgressed(deployment, counts);
  if (!complete && !progressed && !hasTimedOut(deployment, before, now)) return conditions;
  const [status, reason, outcome] = complete
    ? (['True', 'NewReplicaSetAvailable', 'has successfully progressed.'] as const)
    : progressed
      ? (['True', 'ReplicaSetUpdated', 'is progressing.'] as const)
      : (['False', 'ProgressDeadlineExceeded', 'has timed out progressing.'] as const);
  const message = `${subjectOf(deployment, progress)} ${outcome}`;
  return withCondition(conditions, { type: 'Progressing', status, reason, message }, now, progressed);
}

/** The rollout was complete once, and no other has begun: what happens to pods now is not its progress. */
function isSettled(before: Conditions[number] | undefined, { replicas = 0, updatedReplicas = 0 }: Status): boolean {
  return before?.reason === 'NewReplicaSetAvailable' && replicas === updatedReplicas;
}

function subjectOf(deployment: Deployment, { current }: Progress): string {
  return current === undefined ? `Deployment "${nameOf(deployment)}"` : `ReplicaSet "${nameOf(current)}"`;
}

function isComplete(counts: Status, { replicas }: RolloutLimits): boolean {
  return [counts.updatedReplicas, counts.replicas, counts.availableReplicas].every(
    (count) => (count ?? 0) === replicas,
  );
}

/** More new pods, fewer old ones, or more that serve than when last looked at. */
function hasProgressed({ status }: Deployment, counts: Status): boolean {
  const goods = ({ replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 }: Status) => [
    updatedReplicas,
    updatedReplicas - replicas,
    readyReplicas,
    availableReplicas,
  ];
  const before = goods(status ?? {});
  return goods(counts).some((good, index) => good > (before[index] ?? 0));
}

function hasTimedOut({ spec }: Deployment, progressing: Conditions[number] | undefined, now: number): boolean {
  if (progressing === undefined || progressing.reason === 'NewReplicaSetAvailable') return false;
  if (progressing.reason === 'ProgressDeadlineExceeded') return true;
  const since = Date.parse(progressing.lastUpdateTime ?? '');
  return since + (spec?.progressDeadlineSeconds ?? 0) * 1000 < now;
}

function withAvailability(counts: Status, limits: RolloutLimits, conditions: Conditions, now: number): Conditions {
  const enough = (counts.availableReplicas ?? 0) >= limits.replicas - limits.maxUnavailable;
  return withCondition(
    conditions,
    {
      type: 'Available',
      status: enough ? 'True' : 'False',
      reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      message: `Deployment ${enough ? 'has' : 'does not have'} minimum availability.`,
    },
    now,
  );
}

function withReplicaFailure(generations: Generations, conditions: Conditions, now: number): Conditions {
  const failures = [generations.current, ...generations.old].flatMap((replicaSet) =>
    (replicaSet?.status?.conditions ?? []).filter(({ type, status }) => type === 'ReplicaFailure' && status === 'True'),
  );
  const [failure] = failures;
  if (failure === undefined) return conditions.filter(({ type }) => type !== 'ReplicaFailure');
  const { reason = '', message = '' } = failure;
  return withCondition(conditions, { type: 'ReplicaFailure', status: 'True', reason, message }, now);
}
