/** When a member is believed to be gone. Each may be set; the defaults are below. */
export interface HealthTimings {
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
};
