import { parseTime } from '../../src/apimachinery/index.ts';
import type { LoadBalancerIngress } from '../../src/apis/index.ts';
import { clusterCondition, isOffline, type Cluster } from '../apis/index.ts';
import type { EndpointCounts } from './shard-notes.ts';

/** A shard as it was last seen. */
export type Seen =
  | {
      readonly kind: 'known';
      readonly ingress: readonly LoadBalancerIngress[];
      readonly healthy: boolean;
      readonly endpoints?: EndpointCounts;
    }
  /** The cluster has not told yet: what was said of it before still counts. */
  | { readonly kind: 'unsettled'; readonly ingress: readonly LoadBalancerIngress[] };

export interface Candidate {
  readonly cluster: Cluster;
  readonly seen: Seen;
  /** Clients do not reach this very shard, whatever else they reach in the cluster. */
  readonly isCutOff?: boolean;
}

export interface Decision {
  /** Clusters to which no client is sent. */
  readonly leftOut: ReadonlySet<string>;
  /** How each stands, left out or not. */
  readonly ranks: ReadonlyMap<string, Rank | 'lost'>;
  /** When time alone may change it. */
  readonly reviewAt?: number;
}

/** The lower the better. Clients are sent to the best that there are. */
export type Rank = 'good' | 'withdrawn' | 'unjudged' | 'outvoted';
const ranks: readonly Rank[] = ['good', 'withdrawn', 'unjudged', 'outvoted'];

/** Gone for clients, and nobody sees it either. A Cluster whose clients were never asked for is judged by the hub alone. */
export function isLost(cluster: Cluster): boolean {
  if (clusterCondition(cluster, 'Offline')?.status === 'False') return false;
  const reach = clusterCondition(cluster, 'ClientsReachable')?.status;
  return reach === undefined ? isOffline(cluster) : reach === 'False';
}

/**
 * Where the clients of one Service go: to clusters that they can reach; where none serves to those that are withdrawn,
 * then to those that nobody could judge for too long, and then to those that the hub sees alive though the vantage
 * points do not. An answer is empty only when nothing is left that might serve.
 */
export function decide(candidates: readonly Candidate[], unjudgedWithdrawMs: number, now: number): Decision {
  const judged = candidates.map((candidate) => {
    const { cluster, seen } = candidate;
    const standing = standingOf(candidate, unjudgedWithdrawMs, now);
    return { name: cluster.metadata.name ?? '', serves: serves(seen), ...standing };
  });
  const best = ranks.find((rank) => judged.some((one) => one.serves && one.rank === rank));
  const leftOut = judged.filter(({ rank }) => rank === 'lost' || (best !== undefined && isBehind(rank, best)));
  const reviews = judged.flatMap(({ reviewAt }) => reviewAt ?? []);
  return {
    leftOut: new Set(leftOut.map(({ name }) => name)),
    ranks: new Map(judged.map(({ name, rank }) => [name, rank])),
    ...(reviews.length === 0 ? {} : { reviewAt: Math.min(...reviews) }),
  };
}

function standingOf(
  candidate: Candidate,
  unjudgedWithdrawMs: number,
  now: number,
): { readonly rank: Rank | 'lost'; readonly reviewAt?: number } {
  const { cluster } = candidate;
  if (isLost(cluster)) return { rank: 'lost' };
  if (isOutvoted(candidate)) return { rank: 'outvoted' };
  const reach = clusterCondition(cluster, 'ClientsReachable');
  const rank: Rank = cluster.spec?.withdrawn === true ? 'withdrawn' : 'good';
  if (reach?.status !== 'Unknown' || unjudgedWithdrawMs === Infinity) return { rank };
  const at = (parseTime(reach.lastTransitionTime) ?? now) + unjudgedWithdrawMs;
  return now >= at ? { rank: 'unjudged' } : { rank, reviewAt: at };
}

function isOutvoted({ cluster, isCutOff }: Candidate): boolean {
  return isCutOff === true || clusterCondition(cluster, 'ClientsReachable')?.status === 'False';
}

function serves(seen: Seen): boolean {
  return seen.ingress.length > 0 && (seen.kind === 'unsettled' || seen.healthy);
}

function isBehind(rank: Rank | 'lost', best: Rank): boolean {
  return rank !== 'lost' && ranks.indexOf(rank) > ranks.indexOf(best);
}
