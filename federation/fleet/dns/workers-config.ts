export interface WorkersConfig {
  /** Threads that answer over UDP; without, it is the one of the control plane. */
  readonly workers?: number;
}

const MAX_WORKERS = 64;

export const workersSchemas = { workers: { type: 'integer', minimum: 1, maximum: MAX_WORKERS } };

export function resolveWorkers({ workers }: WorkersConfig): WorkersConfig {
  return workers === undefined ? {} : { workers };
}

/** Questions are noted by the thread that answers them, and nobody gathers what several note. */
export function workersProblem({ workers, queryLog }: WorkersConfig & { readonly queryLog?: unknown }) {
  if (workers === undefined || queryLog === undefined) return undefined;
  return { path: ['queryLog'], text: 'not together with workers' };
}
