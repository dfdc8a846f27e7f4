import { parseTime } from '../../src/apimachinery/index.ts';
import { clusterCondition, isOffline, type Cluster, type ClusterCondition } from '../apis/index.ts';

/**
 * What placing makes of how well a cluster can be seen. `unseen`: it may be back soon, and counts as if it were there.
 * `kept`: we cannot see it and its clients can, so that it keeps what it has and gets nothing more. `lost`: neither can,
 * and others take its part.
 */
export type Sight =
  | { readonly kind: 'seen' | 'kept' | 'lost' }
  | { readonly kind: 'unseen'; readonly forMs: number; readonly then: 'kept' | 'lost' };

/** `patienceMs`: how long a cluster may be out of sight before that has consequences for where replicas run. */
export function sightOf(cluster: Cluster, now: number, patienceMs: number): Sight {
  if (!isOffline(cluster)) return { kind: 'seen' };
  const offlineAt = changedAt(clusterCondition(cluster, 'Offline'));
  const reach = clusterCondition(cluster, 'ClientsReachable');
  const then = reach?.status === 'True' ? 'kept' : 'lost';
  // Whoever was reachable until just now gets the same patience, however long we had not seen it.
  const since = then === 'kept' ? offlineAt : Math.max(offlineAt, changedAt(reach));
  const forMs = since + patienceMs - now;
  return forMs > 0 ? { kind: 'unseen', forMs, then } : { kind: then };
}

/** Whether a change of what is believed of a cluster has its objects looked at again. */
export function isSeenOtherwise(before: Cluster, after: Cluster): boolean {
  return standing(before) !== standing(after);
}

function standing(cluster: Cluster): string {
  const offline = isOffline(cluster);
  const statusOf = (type: ClusterCondition['type']) => clusterCondition(cluster, type)?.status;
  // Of a cluster that we see it does not matter here who else does.
  return `${offline} ${statusOf('Ready')} ${offline ? statusOf('ClientsReachable') : ''}`;
}

function changedAt(condition: ClusterCondition | undefined): number {
  return parseTime(condition?.lastTransitionTime) ?? 0;
}
