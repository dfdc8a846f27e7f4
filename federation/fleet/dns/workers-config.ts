export interface WorkersConfig {
  /** Threads that answer over UDP; without, it is the one of the control plane. */
  readonly workers?: number;
}

const MAX_WORKERS = 64;

export const workersSchemas = { workers: { type: 'integer', minimum: 1, maximum: MAX_WORKERS } };

export function resolveWorkers({ workers }: WorkersConfig): WorkersConfig {
  return workers === undefined ? {} : { workers };
}
