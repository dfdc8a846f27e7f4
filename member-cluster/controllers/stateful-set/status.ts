import { deepEqual } from '../../../src/apimachinery/index.ts';
import type { Pod, StatefulSet } from '../../../src/apis/index.ts';
import { isAvailable } from '../../pods/index.ts';
import { POD_REVISION } from '../revisions/revision-history.ts';
import { isLeaving, isRunningAndReady } from './view.ts';

type Status = NonNullable<StatefulSet['status']>;

export interface Observation {
  readonly pods: readonly Pod[];
  /** Names of revisions. */
  readonly current: string;
  readonly update: string;
  readonly collisionCount: number | undefined;
  readonly now: number;
}

/** The StatefulSet with its status as its pods have it; the same object when nothing changed. */
export function withStatus(set: StatefulSet, observation: Observation): StatefulSet {
  const { pods, current, update, collisionCount = 0, now } = observation;
  const ready = pods.filter(isRunningAndReady);
  const ofRevision = (name: string) =>
    pods.filter((pod) => !isLeaving(pod) && pod.metadata.labels?.[POD_REVISION] === name).length;
  const status: Status = {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: pods.length,
    ...positive('readyReplicas', ready.length),
    ...positive('currentReplicas', ofRevision(current)),
    ...positive('updatedReplicas', ofRevision(update)),
    currentRevision: current,
    updateRevision: update,
    collisionCount,
    availableReplicas: ready.filter((pod) => isAvailable(pod, set.spec?.minReadySeconds ?? 0, now)).length,
    ...(set.status?.conditions === undefined ? {} : { conditions: set.status.conditions }),
  };
  const next = completed(set, status);
  return deepEqual(next, set.status) ? set : { ...set, status: next };
}

/** A rolling update that has reached every pod makes its revision the current one. */
function completed({ spec }: StatefulSet, status: Status): Status {
  const { replicas, readyReplicas = 0, updatedReplicas = 0, updateRevision = '' } = status;
  const wanted = spec?.replicas ?? 1;
  const isDone =
    spec?.updateStrategy?.type !== 'OnDelete' &&
    [replicas, readyReplicas, updatedReplicas].every((count) => count === wanted);
  if (!isDone) return status;
  return { ...status, currentRevision: updateRevision, ...positive('currentReplicas', updatedReplicas) };
}

const positive = (name: keyof Status, count: number) => (count === 0 ? {} : { [name]: count });
