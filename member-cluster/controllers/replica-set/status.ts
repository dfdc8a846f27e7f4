import { deepEqual, formatTime } from '../../../src/apimachinery/index.ts';
import type { Pod, ReplicaSet } from '../../../src/apis/index.ts';
import { isActive, isAvailable, isReady } from '../../pods/index.ts';
import type { PodFailure } from '../pod-writer.ts';
import type { ReplicaOwner } from './replica-owner.ts';

/** The owner with its status as `pods` have it; the same object when nothing changed. */
export function withStatus<T extends ReplicaOwner>(
  owner: T,
  pods: readonly Pod[],
  failure: PodFailure | undefined,
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

function positive<Name extends string>(name: Name, count: number): Partial<Record<Name, number>> {
  if (count === 0) return {};
  // @NOTE a computed key widens to string in TypeScript's eyes; there is exactly this one.
  return { [name]: count } as Record<Name, number>;
}

function failureConditions(
  { status }: ReplicaOwner,
  failure: PodFailure | undefined,
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
    message: failure.error.message,
  };
  return [...others, condition];
}
