import type { ReachTimings } from '../../src/reachability/index.ts';
import type { ReachSettings } from './reach-verdict.ts';

/** When a member is believed to be gone. Each may be set; the defaults are below. */
export interface HealthTimings extends ReachSettings {
  /** Between probes while nothing is amiss. */
  readonly probeIntervalMs: number;
  /** Between probes while there is doubt. */
  readonly retryIntervalMs: number;
  /** Between probes of a member that is offline. */
  readonly offlineIntervalMs: number;
  /** A probe that has not been answered by then counts as silence. */
  readonly probeTimeoutMs: number;
  /** Probes that must fail before anything is concluded, however much time went by. */
  readonly failureThreshold: number;
  /** Nobody listens at the address (connection refused or reset) for so long: offline. A restart of a member is shorter. */
  readonly refusedOfflineMs: number;
  /** No answer for so long: offline. Long, because a member that pauses or swaps is silent too but goes on serving. */
  readonly silentOfflineMs: number;
  /** Good probes in a row before an offline member is ready again. */
  readonly recoveryThreshold: number;
  /** `lastProbeTime` is written at least this often, and version and topology are read again. */
  readonly heartbeatMs: number;
  /** Whether members are given up although none of them can be heard. Usually not: then the fault is likely ours. */
  readonly believeSilenceOfAll: boolean;
  /** Between looks at an address of a shard, by each vantage point, while nothing is amiss. */
  readonly shardIntervalMs: number;
  /** An address that has not answered by then counts as silent. */
  readonly shardTimeoutMs: number;
  /** So many addresses of each cluster are looked at; one that answers is enough. */
  readonly shardsPerCluster: number;
  /** A reporter from which nothing new has come for so long votes no more. */
  readonly reportStaleMs: number;
  /** A cluster that nobody can judge is left out of answers after so long, while others serve. A Service may say otherwise. */
  readonly unjudgedWithdrawMs: number;
}

export const defaultHealthTimings: HealthTimings = {
  probeIntervalMs: 2_000,
  retryIntervalMs: 250,
  offlineIntervalMs: 1_000,
  probeTimeoutMs: 2_000,
  failureThreshold: 3,
  refusedOfflineMs: 2_000,
  silentOfflineMs: 10_000,
  recoveryThreshold: 2,
  heartbeatMs: 40_000,
  believeSilenceOfAll: false,
  shardIntervalMs: 1_000,
  shardTimeoutMs: 2_000,
  shardsPerCluster: 3,
  reportStaleMs: 30_000,
  unjudgedWithdrawMs: 300_000,
  unreachableShare: 0.5,
  flapBackoffMs: 5_000,
  longestFlapBackoffMs: 300_000,
  flapForgetMs: 600_000,
};

/** The same patience for addresses of shards as for APIs. */
export function reachTimings(timings: HealthTimings): ReachTimings {
  return {
    intervalMs: timings.shardIntervalMs,
    retryMs: timings.retryIntervalMs,
    timeoutMs: timings.shardTimeoutMs,
    failureThreshold: timings.failureThreshold,
    refusedMs: timings.refusedOfflineMs,
    silentMs: timings.silentOfflineMs,
    recoveryThreshold: timings.recoveryThreshold,
  };
}
