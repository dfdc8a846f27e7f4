import { formatTime } from '../../src/apimachinery/index.ts';
import type { ClusterCondition, ClusterStatus } from '../apis/index.ts';
import { clusterCondition, type Cluster } from '../apis/index.ts';
import type { Judgement, Verdict } from './health-judgement.ts';

type Facts = Omit<ClusterCondition, 'lastProbeTime' | 'lastTransitionTime'>;

export const NOBODY_REACHABLE =
  'neither this cluster nor any other answers; the fault may be on the side of the federation';

/** Reasons and messages are those of Federation v1. Both conditions are always present, one saying what the other denies. */
function factsOf({ verdict, detail = '' }: Judgement): readonly Facts[] {
  const reachable: Facts = {
    type: 'Offline',
    status: 'False',
    reason: 'ClusterReachable',
    message: 'cluster is reachable',
  };
  switch (verdict) {
    case 'unknown':
      return [];
    case 'ready':
      return [
        { type: 'Ready', status: 'True', reason: 'ClusterReady', message: '/healthz responded with ok' },
        reachable,
      ];
    case 'notReady': {
      const message = `/healthz responded without ok${detail === '' ? '' : `: ${detail}`}`;
      return [{ type: 'Ready', status: 'False', reason: 'ClusterNotReady', message }, reachable];
    }
    case 'offline': {
      const gone = { reason: 'ClusterNotReachable', message: 'cluster is not reachable' };
      return [
        { type: 'Ready', status: 'False', ...gone },
        { type: 'Offline', status: 'True', ...gone },
      ];
    }
    case 'isolated': {
      const unsure = { status: 'Unknown', reason: 'NoClusterReachable', message: NOBODY_REACHABLE } as const;
      return [
        { type: 'Ready', ...unsure },
        { type: 'Offline', ...unsure },
      ];
    }
  }
}

/** What is judged here; conditions of other types are for others to keep. */
const HEALTH_TYPES: ReadonlySet<string> = new Set(['Ready', 'Offline']);

/** The conditions after a judgement. `lastTransitionTime` moves only where the status did. */
export function conditionsAfter(
  before: readonly ClusterCondition[],
  judgement: Judgement,
  now: number,
): readonly ClusterCondition[] {
  const time = formatTime(now);
  const judged = factsOf(judgement).map((facts) => {
    const old = before.find((condition) => condition.type === facts.type);
    const since = old?.status === facts.status ? (old.lastTransitionTime ?? time) : time;
    return { ...facts, lastProbeTime: time, lastTransitionTime: since };
  });
  return [...judged, ...before.filter(({ type }) => !HEALTH_TYPES.has(type))];
}

/** Whether two statuses say the same, whenever it was that they were probed. */
export function sameStatus(a: ClusterStatus | undefined, b: ClusterStatus): boolean {
  return JSON.stringify(withoutProbeTimes(a ?? {})) === JSON.stringify(withoutProbeTimes(b));
}

function withoutProbeTimes({ conditions = [], zones = [], region, version, ...amounts }: ClusterStatus) {
  const facts = conditions.map(({ type, status, reason, message }) => ({ type, status, reason, message }));
  const { nodes, capacity, allocatable, requested } = amounts;
  return { facts, zones, region, version, nodes, capacity, allocatable, requested };
}

/** What the stored status says, as a verdict to start from: a restart of the control plane forgets nothing. */
export function storedVerdict(cluster: Cluster): Verdict {
  if (clusterCondition(cluster, 'Offline')?.status === 'True') return 'offline';
  const ready = clusterCondition(cluster, 'Ready');
  if (ready === undefined) return 'unknown';
  if (ready.status === 'Unknown') return 'isolated';
  return ready.status === 'True' ? 'ready' : 'notReady';
}
