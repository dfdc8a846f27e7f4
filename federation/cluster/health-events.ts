import { NOBODY_REACHABLE } from './cluster-conditions.ts';
import type { Verdict } from './health-judgement.ts';
import type { Reach } from './reach-verdict.ts';

export interface HealthEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** What to tell of a change of what the hub sees. */
export function verdictEvent(cluster: string, before: Verdict, now: Verdict): HealthEvent | undefined {
  if (before === now) return undefined;
  switch (now) {
    case 'unknown':
      return undefined;
    case 'ready':
      return { type: 'Normal', reason: 'ClusterReady', message: `cluster ${cluster} is ready` };
    case 'notReady':
      return { type: 'Warning', reason: 'ClusterNotReady', message: `cluster ${cluster} is reachable but not ready` };
    case 'offline':
      return { type: 'Warning', reason: 'ClusterNotReachable', message: `cluster ${cluster} is not reachable` };
    case 'isolated':
      return { type: 'Warning', reason: 'NoClusterReachable', message: `cluster ${cluster}: ${NOBODY_REACHABLE}` };
  }
}

/** What to tell of a change of what clients see; nothing of a cluster that is good from the beginning. */
export function reachEvent(
  cluster: string,
  before: Reach | undefined,
  now: Reach | undefined,
): HealthEvent | undefined {
  if (now === undefined || before?.verdict === now.verdict) return undefined;
  switch (now.verdict) {
    case 'reachable':
      if (before === undefined) return undefined;
      return {
        type: 'Normal',
        reason: 'ClientsReachable',
        message: `clients reach cluster ${cluster}: ${now.message}`,
      };
    case 'unreachable':
      return {
        type: 'Warning',
        reason: 'ClientsNotReachable',
        message: `clients cannot reach cluster ${cluster}: ${now.message}`,
      };
    case 'unknown':
      return {
        type: 'Warning',
        reason: 'ClientsUnjudged',
        message: `whether clients reach cluster ${cluster} cannot be told: ${now.message}`,
      };
  }
}
