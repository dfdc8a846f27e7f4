import { formatTime } from '../../src/apimachinery/index.ts';
import type { ClusterCondition, ClusterStatus, ClusterVote } from '../apis/index.ts';
import { clusterCondition, type Cluster } from '../apis/index.ts';
import type { Judgement, Verdict } from './health-judgement.ts';
import type { Reach, Tally, Vote } from './reach-verdict.ts';

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
const HEALTH_TYPES: ReadonlySet<string> = new Set(['Ready', 'Offline', 'ClientsReachable']);

/** The conditions after a judgement. `lastTransitionTime` moves only where the status did. */
export function conditionsAfter(
  before: readonly ClusterCondition[],
  { judgement, reach }: { readonly judgement: Judgement; readonly reach?: Tally | undefined },
  now: number,
): readonly ClusterCondition[] {
  const time = formatTime(now);
  const facts = [...factsOf(judgement), ...(reach === undefined ? [] : [clientsReachable(reach)])];
  const judged = facts.map((fact) => {
    const old = before.find((condition) => condition.type === fact.type);
    const since = old?.status === fact.status ? (old.lastTransitionTime ?? time) : time;
    return { ...fact, lastProbeTime: time, lastTransitionTime: since };
  });
  return [...judged, ...before.filter(({ type }) => !HEALTH_TYPES.has(type))];
}

function clientsReachable({ verdict, reason, message }: Tally): Facts {
  const statuses = { reachable: 'True', unreachable: 'False', unknown: 'Unknown' } as const;
  return { type: 'ClientsReachable', status: statuses[verdict], reason, message };
}

/** What the stored status says of the way of clients: a restart of the control plane forgets nothing but losses before the last. */
export function storedReach(cluster: Cluster): Reach | undefined {
  const condition = clusterCondition(cluster, 'ClientsReachable');
  if (condition === undefined) return undefined;
  const verdicts = { True: 'reachable', False: 'unreachable', Unknown: 'unknown' } as const;
  const { status, reason = '', message = '' } = condition;
  return { verdict: verdicts[status], reason, message, losses: [] };
}

/** The votes as they are kept: each with the time since when it has been so. */
export function votesAfter(
  before: readonly ClusterVote[],
  votes: readonly Vote[],
  now: number,
): readonly ClusterVote[] {
  return votes.map((vote) => {
    const old = before.find(({ voter }) => voter === vote.voter);
    const since = old?.verdict === vote.verdict ? old.lastTransitionTime : undefined;
    return { ...vote, lastTransitionTime: since ?? formatTime(now) };
  });
}

/** Whether two statuses say the same, whenever it was that they were probed. */
export function sameStatus(a: ClusterStatus | undefined, b: ClusterStatus): boolean {
  return JSON.stringify(withoutProbeTimes(a ?? {})) === JSON.stringify(withoutProbeTimes(b));
}

function withoutProbeTimes({ conditions = [], zones = [], region, version, ...amounts }: ClusterStatus) {
  const facts = conditions.map(({ type, status, reason, message }) => ({ type, status, reason, message }));
  const { nodes, capacity, allocatable, requested, votes = [], networks = [], distances = [] } = amounts;
  return { facts, zones, region, version, nodes, capacity, allocatable, requested, votes, networks, distances };
}

/** What the stored status says, as a verdict to start from: a restart of the control plane forgets nothing. */
export function storedVerdict(cluster: Cluster): Verdict {
  if (clusterCondition(cluster, 'Offline')?.status === 'True') return 'offline';
  const ready = clusterCondition(cluster, 'Ready');
  if (ready === undefined) return 'unknown';
  if (ready.status === 'Unknown') return 'isolated';
  return ready.status === 'True' ? 'ready' : 'notReady';
}
