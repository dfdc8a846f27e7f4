import type { DaemonSet, StatefulSet } from '../../../src/apis/index.ts';
import type { MemberCopy, StatusContext } from '../federated-type.ts';
import { agreed, nonZero, observedGeneration, present, sumOf, withStatus } from './aggregation.ts';

const replicas = { readyReplicas: 0, currentReplicas: 0, updatedReplicas: 0, availableReplicas: 0 } as const;

/**
 * Each cluster has the whole set, so sums reach what one cluster shall have long before all have it. `kubectl rollout
 * status` compares the two: the generation counts as observed only when the copies have been rolled out.
 */
export function statefulSetStatus(
  object: StatefulSet,
  copies: readonly MemberCopy<StatefulSet>[],
  { isSettled }: StatusContext,
): StatefulSet {
  const sum = sumOf<keyof typeof replicas | 'replicas'>(copies);
  const isRolledOut = isSettled && copies.every((copy) => hasRolledOut(copy.object));
  return withStatus(object, {
    replicas: sum('replicas'),
    ...nonZero(replicas, sum),
    ...present({
      observedGeneration: observedGeneration(object, copies, { isSettled: isRolledOut }),
      currentRevision: agreed(copies.map((copy) => copy.object.status?.currentRevision)),
      updateRevision: agreed(copies.map((copy) => copy.object.status?.updateRevision)),
    }),
  });
}

function hasRolledOut({ spec, status }: StatefulSet): boolean {
  const wanted = spec?.replicas ?? 1;
  const { readyReplicas = 0, updatedReplicas = 0 } = status ?? {};
  return readyReplicas >= wanted && updatedReplicas >= wanted - keptBack(spec?.updateStrategy);
}

/** How many pods an update may leave as they are. */
function keptBack(strategy: NonNullable<StatefulSet['spec']>['updateStrategy']): number {
  return strategy?.type === 'OnDelete' ? Infinity : (strategy?.rollingUpdate?.partition ?? 0);
}

const optional = { updatedNumberScheduled: 0, numberAvailable: 0, numberUnavailable: 0 } as const;

export function daemonSetStatus(
  object: DaemonSet,
  copies: readonly MemberCopy<DaemonSet>[],
  context: StatusContext,
): DaemonSet {
  const sum = sumOf<
    keyof typeof optional | 'currentNumberScheduled' | 'numberMisscheduled' | 'desiredNumberScheduled' | 'numberReady'
  >(copies);
  return withStatus(object, {
    currentNumberScheduled: sum('currentNumberScheduled'),
    numberMisscheduled: sum('numberMisscheduled'),
    desiredNumberScheduled: sum('desiredNumberScheduled'),
    numberReady: sum('numberReady'),
    ...nonZero(optional, sum),
    ...present({ observedGeneration: observedGeneration(object, copies, context) }),
  });
}
