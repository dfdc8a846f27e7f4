import type { ClusterVote } from '../apis/index.ts';

export type Vote = Omit<ClusterVote, 'lastTransitionTime'>;

/** What the hub's own probes of a cluster's API show. `isolated`: it hears nobody at all. */
export type HubView = 'seen' | 'gone' | 'isolated';

export interface ReachSettings {
  /** More than this part of the votes must say that a cluster is unreachable before it is believed. */
  readonly unreachableShare: number;
  /** A cluster that is lost and reached again and again waits so long before it counts again, twice as long each time. */
  readonly flapBackoffMs: number;
  readonly longestFlapBackoffMs: number;
  /** A loss so long ago no longer counts. */
  readonly flapForgetMs: number;
}

export interface Tally {
  readonly verdict: 'reachable' | 'unreachable' | 'unknown';
  readonly reason: string;
  readonly message: string;
}

/** What is believed of whether clients can reach a cluster. */
export interface Reach extends Tally {
  /** While unreachable: since when the votes have said otherwise. */
  readonly goodSince?: number;
  /** Times of its losses that still count. */
  readonly losses: readonly number[];
}

/**
 * What the votes say together. To withdraw a cluster takes more than a share of them, and where the hub sees the cluster
 * alive a single one is not enough, whoever it is. An address that answers is a fact, one that does not may be the
 * voter's own network: in a draw the cluster stays.
 */
export function tally(votes: readonly Vote[], view: HubView, unreachableShare: number): Tally {
  const counted = votes.filter(({ ignored }) => ignored === undefined);
  const against = counted.filter(({ verdict }) => verdict === 'Unreachable').length;
  const said = `${counted.length - against} of ${counted.length} vantage points reach it`;
  if (counted.length === 0) return view === 'seen' ? assumed : unjudged;
  const isOutvoted = against / counted.length > unreachableShare && against >= (view === 'seen' ? 2 : 1);
  return isOutvoted
    ? { verdict: 'unreachable', reason: 'VotedUnreachable', message: said }
    : { verdict: 'reachable', reason: 'VotedReachable', message: said };
}

const assumed: Tally = {
  verdict: 'reachable',
  reason: 'ClusterReachable',
  message: 'no vantage point has reached an address of it yet; the federation itself sees the cluster',
};

const unjudged: Tally = {
  verdict: 'unknown',
  reason: 'NobodyCanJudge',
  message: 'neither the federation nor any vantage point can tell',
};

/** What to believe after one more count. Losses are believed at once, for each voter was patient; recoveries of who flaps are not. */
export function reachAfter(before: Reach | undefined, now: Tally, at: number, settings: ReachSettings): Reach {
  const losses = (before?.losses ?? []).filter((loss) => at - loss < settings.flapForgetMs);
  if (before?.verdict !== 'unreachable') {
    return { ...now, losses: now.verdict === 'unreachable' ? [...losses, at].slice(-MOST_LOSSES) : losses };
  }
  // That nobody can tell any more is no sign that it is back.
  if (now.verdict === 'unknown') return { ...before, losses };
  if (now.verdict === 'unreachable') return { ...now, losses };
  const goodSince = before.goodSince ?? at;
  const waitMs = backOffMs(losses.length, settings);
  if (at - goodSince >= waitMs) return { ...now, losses };
  const message = `${now.message}; lost ${losses.length} times lately, so it has to stay so for ${waitMs / 1000} s`;
  return { verdict: 'unreachable', reason: 'Flapping', message, goodSince, losses };
}

/** How long until the same votes may be believed; `undefined` when nothing is waited for. */
export function reviewReachAfterMs(reach: Reach | undefined, now: number, settings: ReachSettings): number | undefined {
  if (reach?.goodSince === undefined) return undefined;
  return Math.max(0, Math.ceil(reach.goodSince + backOffMs(reach.losses.length, settings) - now));
}

const MOST_LOSSES = 32;

/** The first loss is forgiven at once. */
function backOffMs(losses: number, { flapBackoffMs, longestFlapBackoffMs }: ReachSettings): number {
  return losses <= 1 ? 0 : Math.min(flapBackoffMs * 2 ** (losses - 2), longestFlapBackoffMs);
}
