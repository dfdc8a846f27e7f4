import type { ReplicaSet } from '../../../src/apis/index.ts';
import { desiredOf, maxOf } from './annotations.ts';
import type { RolloutLimits } from './replica-limits.ts';
import { all, availableOf, byAge, replicasOf, total, type Generations, type Scale } from './scales.ts';

/** Whether the Deployment was scaled since its ReplicaSets last were: that comes before any rollout. */
export function isScaled({ replicas }: RolloutLimits, generations: Generations): boolean {
  return all(generations).some((replicaSet) => {
    const desired = desiredOf(replicaSet);
    return replicasOf(replicaSet) > 0 && desired !== undefined && desired !== replicas;
  });
}

/**
 * Sizes after the Deployment was scaled. With one ReplicaSet in use it takes all; in the midst of a rollout the change
 * is shared in proportion to their sizes, so that the risk taken by the rollout stays the same.
 */
export function scaleStep(limits: RolloutLimits, generations: Generations, rolling: boolean): readonly Scale[] {
  const { current, old } = generations;
  const active = all(generations).filter((replicaSet) => replicasOf(replicaSet) > 0);
  if (active.length <= 1) {
    const only = active[0] ?? current ?? old.toSorted(byAge).at(-1);
    return only === undefined ? [] : [{ replicaSet: only, replicas: limits.replicas }];
  }
  if (current !== undefined && isSaturated(limits, current)) {
    return old.filter((each) => replicasOf(each) > 0).map((replicaSet) => ({ replicaSet, replicas: 0 }));
  }
  return rolling ? proportional(limits, active) : [];
}

/** The present ReplicaSet is all there need be. */
export function isSaturated({ replicas }: RolloutLimits, current: ReplicaSet): boolean {
  return replicasOf(current) === replicas && desiredOf(current) === replicas && availableOf(current) === replicas;
}

function proportional(limits: RolloutLimits, active: readonly ReplicaSet[]): readonly Scale[] {
  const allowed = limits.replicas === 0 ? 0 : limits.replicas + limits.maxSurge;
  const toAdd = allowed - total(active, replicasOf);
  const largestFirst = active.toSorted((a, b) => {
    const bySize = replicasOf(b) - replicasOf(a);
    if (bySize !== 0) return bySize;
    return toAdd > 0 ? byAge(b, a) : byAge(a, b);
  });

  let added = 0;
  const scales = largestFirst.map((replicaSet) => {
    const left = toAdd - added;
    const share = shareOf(replicaSet, limits);
    const change = left > 0 ? Math.min(share, left) : Math.max(share, left);
    added += left === 0 ? 0 : change;
    return { replicaSet, replicas: replicasOf(replicaSet) + (left === 0 ? 0 : change) };
  });
  const [largest, ...others] = scales;
  if (largest === undefined) return [];
  return [{ ...largest, replicas: Math.max(0, largest.replicas + toAdd - added) }, ...others];
}

/** How much this ReplicaSet would change if it grew or shrank by the same factor as the Deployment did. */
function shareOf(replicaSet: ReplicaSet, limits: RolloutLimits): number {
  const size = replicasOf(replicaSet);
  if (limits.replicas === 0) return -size;
  const before = maxOf(replicaSet) ?? limits.replicas + limits.maxSurge;
  if (before === 0) return 0;
  return Math.round((size * (limits.replicas + limits.maxSurge)) / before) - size;
}
