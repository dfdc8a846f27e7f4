import { deepEqual, formatTime } from '../../../src/apimachinery/index.ts';
import type { Pod, ReplicaSet } from '../../../src/apis/index.ts';
import { isActive, isAvailable, isReady, readySince } from '../../pods/index.ts';
import type { ReplicaOwner } from './replica-owner.ts';

export interface ReplicaFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

/** The owner with its status as `pods` have it; the same object when nothing changed. */
export function withStatus<T extends ReplicaOwner>(
  owner: T,
  pods: readonly Pod[],
  failure: ReplicaFailure | undefined,
  now: number,
): T {
  const active = pods.filter(isActive);
  const ready = active.filter(isReady);
  const templateLabels = Object.entries(owner.spec?.template?.metadata?.labels ?? {});
  const fullyLabeled = active.filter(({ metadata }) =>
    templateLabels.every(([name, value]) => metadata.labels?.[name] === value),
  );
  const minReadySeconds = owner.spec?.minReadySeconds ?? 0;
  const conditions = failureConditions(owner, failure, now);
  const status: NonNullable<ReplicaSet['status']> = {
    replicas: active.length,
    ...positive('fullyLabeledReplicas', fullyLabeled.length),
    ...positive('readyReplicas', ready.length),
    ...positive('availableReplicas', ready.filter((pod) => isAvailable(pod, minReadySeconds, now)).length),
    observedGeneration: owner.metadata.generation ?? 0,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
  return deepEqual(status, owner.status) ? owner : { ...owner, status };
}

/** When the next pod that is ready now will have been so for `minReadySeconds`. */
export function nextAvailabilityMs(owner: ReplicaOwner, pods: readonly Pod[], now: number): number | undefined {
  const minReadyMs = (owner.spec?.minReadySeconds ?? 0) * 1000;
  const waits = pods
    .filter(isActive)
    .map((pod) => (readySince(pod) ?? Number.NEGATIVE_INFINITY) + minReadyMs - now)
    .filter((wait) => wait > 0);
  return waits.length === 0 ? undefined : Math.min(...waits);
}

function positive<Name extends string>(name: Name, count: number): Partial<Record<Name, number>> {
  if (count === 0) return {};
  // @NOTE a computed key widens to string in TypeScript's eyes; there is exactly this one.
  return { [name]: count } as Record<Name, number>;
}

function failureConditions(
  { status }: ReplicaOwner,
  failure: ReplicaFailure | undefined,
  now: number,
): NonNullable<NonNullable<ReplicaSet['status']>['conditions']> {
  const conditions = status?.conditions ?? [];
  const others = conditions.filter(({ type }) => type !== 'ReplicaFailure');
  if (failure === undefined) return others;
  const standing = conditions.find(({ type, reason }) => type === 'ReplicaFailure' && reason === failure.reason);
  const condition = standing ?? {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: formatTime(now),
    reason: failure.reason,
    message: failure.message,
  };
  return [...others, condition];
}
