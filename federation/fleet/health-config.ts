import type { HealthTimings } from '../cluster/index.ts';

/** When members are believed to be gone: `docs/reference/clusters.md`. The usual where a time is absent. */
export type HealthConfig = Partial<HealthTimings>;

const A_DAY_MS = 86_400_000;
const MAX_COUNT = 100;
const ms = { type: 'integer', minimum: 1, maximum: A_DAY_MS };
const count = { type: 'integer', minimum: 1, maximum: MAX_COUNT };

const properties = {
  probeIntervalMs: ms,
  retryIntervalMs: ms,
  offlineIntervalMs: ms,
  probeTimeoutMs: ms,
  failureThreshold: count,
  refusedOfflineMs: ms,
  silentOfflineMs: ms,
  recoveryThreshold: count,
  heartbeatMs: ms,
  believeSilenceOfAll: { type: 'boolean' },
  shardIntervalMs: ms,
  shardTimeoutMs: ms,
  shardsPerCluster: count,
  reportStaleMs: ms,
  unjudgedWithdrawMs: ms,
  unreachableShare: { type: 'number', minimum: 0, exclusiveMaximum: 1 },
  flapBackoffMs: ms,
  longestFlapBackoffMs: ms,
  flapForgetMs: ms,
} satisfies Readonly<Record<keyof HealthTimings, unknown>>;

export const healthSchema = { type: 'object', additionalProperties: false, properties };
