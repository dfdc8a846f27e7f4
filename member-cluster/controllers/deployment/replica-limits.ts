import { resolveIntOrPercent } from '../../../src/apimachinery/index.ts';
import type { Deployment } from '../../../src/apis/index.ts';

export interface RolloutLimits {
  readonly replicas: number;
  /** Pods that may exist beyond `replicas` during a rollout. */
  readonly maxSurge: number;
  /** Pods that may be missing from `replicas` during a rollout. */
  readonly maxUnavailable: number;
}

/** The numbers a rollout goes by. A surge is rounded up, an absence down; where both come to nothing one may be absent. */
export function rolloutLimits({ spec }: Deployment): RolloutLimits {
  const { replicas = 1, strategy = {} } = spec ?? {};
  if (strategy.type === 'Recreate') return { replicas, maxSurge: 0, maxUnavailable: 0 };

  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy.rollingUpdate ?? {};
  const surge = resolveIntOrPercent(maxSurge, replicas, 'up');
  const unavailable = resolveIntOrPercent(maxUnavailable, replicas, 'down');
  const absent = surge === 0 && unavailable === 0 ? 1 : unavailable;
  return { replicas, maxSurge: surge, maxUnavailable: Math.min(absent, replicas) };
}
