import type { ReplicaSet } from '../../../src/apis/index.ts';
import type { RolloutLimits } from './replica-limits.ts';
import { all, availableOf, byAge, replicasOf, total, type Generations, type Scale } from './scales.ts';

/** How many replicas a ReplicaSet of the present template may have now, `current` being what it has. */
export function nextCurrentReplicas({ replicas, maxSurge }: RolloutLimits, existing: number, current: number): number {
  if (current >= replicas) return replicas;
  const room = replicas + maxSurge - existing;
  return room <= 0 ? current : current + Math.min(room, replicas - current);
}

/**
 * One step of a rolling update: first the present ReplicaSet grows as far as the surge allows; when it cannot, old
 * ones shrink as far as availability allows. The step after follows when the pods' state has changed.
 */
export function rollingStep(limits: RolloutLimits, generations: Generations): readonly Scale[] {
  const { current } = generations;
  if (current === undefined) return [];
  const has = replicasOf(current);
  const next = nextCurrentReplicas(limits, total(all(generations), replicasOf), has);
  if (next !== has) return [{ replicaSet: current, replicas: next }];
  return shrinkOld(limits, current, generations.old);
}

function shrinkOld(limits: RolloutLimits, current: ReplicaSet, old: readonly ReplicaSet[]): readonly Scale[] {
  const sizes = new Map(old.filter((replicaSet) => replicasOf(replicaSet) > 0).map((each) => [each, replicasOf(each)]));
  if (sizes.size === 0) return [];
  const leastAvailable = limits.replicas - limits.maxUnavailable;
  const currentUnavailable = replicasOf(current) - availableOf(current);
  const removable = total([...sizes.keys(), current], replicasOf) - leastAvailable - currentUnavailable;
  if (removable <= 0) return [];

  const oldestFirst = [...sizes.keys()].sort(byAge);
  dropUnavailable(oldestFirst, sizes, removable);
  dropAvailable(oldestFirst, sizes, total([...oldestFirst, current], availableOf) - leastAvailable);
  return oldestFirst.flatMap((replicaSet) => {
    const replicas = sizes.get(replicaSet) ?? 0;
    return replicas === replicasOf(replicaSet) ? [] : [{ replicaSet, replicas }];
  });
}

/** Pods that serve nobody go first: otherwise a broken old revision could block the rollout for ever. */
function dropUnavailable(replicaSets: readonly ReplicaSet[], sizes: Map<ReplicaSet, number>, most: number): void {
  let left = most;
  for (const replicaSet of replicaSets) {
    const size = sizes.get(replicaSet) ?? 0;
    const drop = Math.min(left, Math.max(0, size - availableOf(replicaSet)));
    sizes.set(replicaSet, size - drop);
    left -= drop;
  }
}

function dropAvailable(replicaSets: readonly ReplicaSet[], sizes: Map<ReplicaSet, number>, most: number): void {
  let left = Math.max(0, most);
  for (const replicaSet of replicaSets) {
    const size = sizes.get(replicaSet) ?? 0;
    const drop = Math.min(left, size);
    sizes.set(replicaSet, size - drop);
    left -= drop;
  }
}

/** One step of a Recreate: everything old to zero. What is current is made only when their pods have ended. */
export function recreateStep({ old }: Generations): readonly Scale[] {
  return old.filter((replicaSet) => replicasOf(replicaSet) > 0).map((replicaSet) => ({ replicaSet, replicas: 0 }));
}
