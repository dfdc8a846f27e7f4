/** What the clients of an API server may take of it: `docs/reference/limits.md`. The usual where a limit is absent. */
export interface LimitsConfig {
  readonly connections?: number;
  readonly streams?: number;
  readonly receiveSeconds?: number;
  readonly idleSeconds?: number;
  readonly shutdownDelaySeconds?: number;
  readonly drainSeconds?: number;
}

export const MAX_COUNT = 1_000_000;
export const MAX_LIMIT_SECONDS = 3_600;
/** Both together have to end before the supervisor thinks that a component hangs. */
const MAX_END_SECONDS = 4;

const count = { type: 'integer', minimum: 1, maximum: MAX_COUNT };
const seconds = { type: 'integer', minimum: 1, maximum: MAX_LIMIT_SECONDS };
const end = { type: 'integer', minimum: 0, maximum: MAX_END_SECONDS };

export const limitsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    connections: count,
    streams: count,
    receiveSeconds: seconds,
    idleSeconds: seconds,
    shutdownDelaySeconds: end,
    drainSeconds: end,
  },
};
