import { Gauge, type Registry } from '../../src/component-base/index.ts';
import type { BreakerState } from './pool/circuit-breaker.ts';

export interface EngineState {
  clusters(): readonly string[];
  /** `undefined` for a cluster that nothing is done in. */
  pool(cluster: string): { readonly length: number; readonly breaker: BreakerState } | undefined;
  owed(cluster: string): number;
}

interface Told {
  readonly name: string;
  readonly help: string;
  readonly of: (state: EngineState, cluster: string) => number;
}

const told: readonly Told[] = [
  {
    name: 'koinon_cluster_copies_waiting',
    help: 'Copies that are to be looked at in a cluster and wait for a worker.',
    of: (state, cluster) => state.pool(cluster)?.length ?? 0,
  },
  {
    name: 'koinon_cluster_calls_stopped',
    help: '1 while a cluster is called no more than now and then because it does not answer.',
    of: (state, cluster) => Number((state.pool(cluster)?.breaker ?? 'closed') !== 'closed'),
  },
  {
    name: 'koinon_cluster_deletions_owed',
    help: 'Copies that are to be deleted in a cluster although their federated objects are gone.',
    of: (state, cluster) => state.owed(cluster),
  },
];

/** What the engine knows of each cluster, until what is given back is called. */
export function tellEngineMetrics(metrics: Registry, state: EngineState): () => void {
  for (const { name, help, of } of told) {
    new Gauge({
      name,
      help,
      labelNames: ['cluster'],
      registers: [metrics],
      collect() {
        this.reset();
        for (const cluster of state.clusters()) this.set({ cluster }, of(state, cluster));
      },
    });
  }
  return () => {
    // Another term makes its own.
    for (const { name } of told) metrics.removeSingleMetric(name);
  };
}
