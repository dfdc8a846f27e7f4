import { deepEqual } from '../../../src/apimachinery/index.ts';
import type { DaemonSet } from '../../../src/apis/index.ts';
import { isAvailable, isReady } from '../../pods/index.ts';
import { isDesired, isOf, type Place } from './daemons.ts';

type Status = NonNullable<DaemonSet['status']>;

export interface Observation {
  readonly places: readonly Place[];
  /** Of the present template. */
  readonly hash: string;
  readonly collisionCount: number | undefined;
  readonly now: number;
}

/** The DaemonSet with its status as its pods have it; the same object when nothing changed. */
export function withStatus(daemonSet: DaemonSet, { places, hash, collisionCount, now }: Observation): DaemonSet {
  const { minReadySeconds = 0 } = daemonSet.spec ?? {};
  const desired = places.filter(isDesired);
  // Where there are several, the oldest stands for the node.
  const pods = desired.flatMap((place) => place.pods.slice(0, 1));
  const available = pods.filter((pod) => isAvailable(pod, minReadySeconds, now)).length;
  const conditions = daemonSet.status?.conditions;
  const status: Status = {
    currentNumberScheduled: pods.length,
    numberMisscheduled: places.filter(({ fit, pods: own }) => (fit === 'stay' || fit === 'leave') && own.length > 0)
      .length,
    desiredNumberScheduled: desired.length,
    numberReady: pods.filter(isReady).length,
    observedGeneration: daemonSet.metadata.generation ?? 0,
    ...positive('updatedNumberScheduled', pods.filter((pod) => isOf(hash, pod)).length),
    ...positive('numberAvailable', available),
    ...positive('numberUnavailable', desired.length - available),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions === undefined ? {} : { conditions }),
  };
  return deepEqual(status, daemonSet.status) ? daemonSet : { ...daemonSet, status };
}

const positive = (name: keyof Status, count: number) => (count === 0 ? {} : { [name]: count });
