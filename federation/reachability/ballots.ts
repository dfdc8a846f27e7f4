import type { ReachState } from '../../src/reachability/index.ts';
import type { Vote } from '../cluster/index.ts';

/** What one voter knows of one address of a cluster. */
export interface Sight {
  readonly state: ReachState;
  readonly reason?: string;
}

/** One voter's votes, by cluster. */
export interface Ballot {
  readonly voter: string;
  readonly via?: string;
  readonly votes: ReadonlyMap<string, Vote>;
}

/**
 * The vote of who looked at some addresses of a cluster: one that answers is enough, and who never reached any cannot
 * tell.
 */
export function voteOf(voter: string, sights: readonly Sight[]): Vote | undefined {
  const judged = sights.filter(({ state }) => state !== 'unknown');
  if (judged.length === 0) return undefined;
  const answered = judged.filter(({ state }) => state === 'reachable').length;
  const numbers = { looked: judged.length, answered };
  if (answered > 0) return { voter, verdict: 'Reachable', ...numbers };
  const reason = judged.find(({ reason: why }) => why !== undefined)?.reason;
  return { voter, verdict: 'Unreachable', ...(reason === undefined ? {} : { reason }), ...numbers };
}

export const CUT_OFF = 'it reaches nobody, and others do';

/**
 * The votes of each cluster. A voter that reaches none of several clusters, of which others reach one at least, is cut
 * off itself: its votes are shown, and do not count.
 */
export function countable(ballots: readonly Ballot[]): ReadonlyMap<string, readonly Vote[]> {
  const reachedBySomeone = new Set<string>();
  for (const { votes } of ballots) {
    for (const [cluster, { verdict }] of votes) if (verdict === 'Reachable') reachedBySomeone.add(cluster);
  }
  const byCluster = new Map<string, Vote[]>();
  for (const { via, votes } of ballots) {
    const isCutOff =
      votes.size > 1 &&
      [...votes.values()].every(({ verdict }) => verdict === 'Unreachable') &&
      [...votes.keys()].some((cluster) => reachedBySomeone.has(cluster));
    for (const [cluster, vote] of votes) {
      const shown = { ...vote, ...(via === undefined ? {} : { via }), ...(isCutOff ? { ignored: CUT_OFF } : {}) };
      byCluster.set(cluster, [...(byCluster.get(cluster) ?? []), shown]);
    }
  }
  return byCluster;
}
