import { Gauge, type Clock, type Registry } from '../../src/component-base/index.ts';
import { TROUBLES } from './copy-result.ts';
import type { PoolState } from './pool/cluster-pools.ts';
import type { TroubledCopies } from './troubled-copies.ts';

export interface EngineState {
  clusters(): readonly string[];
  /** `undefined` for a cluster that nothing is done in. */
  pool(cluster: string): PoolState | undefined;
  owed(cluster: string): number;
  /** By resource, as in `deployments.apps`. */
  troubled(): Iterable<readonly [string, TroubledCopies]>;
}

interface Told<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  readonly tell: (gauge: Gauge<Label>, state: EngineState) => void;
}

/** Debts are told apart: they wait for no more than one who can pay. */
const NO_KIND: ReadonlySet<string> = new Set(['debts']);

function perCluster(name: string, help: string, of: (state: EngineState, cluster: string) => number): Told<'cluster'> {
  return {
    name,
    help,
    labelNames: ['cluster'],
    tell: (gauge, state) => {
      for (const cluster of state.clusters()) gauge.set({ cluster }, of(state, cluster));
    },
  };
}

const ofClusters = [
  perCluster(
    'koinon_cluster_calls_stopped',
    '1 while a cluster is called no more than now and then because it does not answer.',
    (state, cluster) => Number((state.pool(cluster)?.breaker ?? 'closed') !== 'closed'),
  ),
  perCluster(
    'koinon_cluster_deletions_owed',
    'Copies that are to be deleted in a cluster although their federated objects are gone.',
    (state, cluster) => state.owed(cluster),
  ),
];

type KindLabel = 'cluster' | 'resource';

function ofBacklog(name: string, help: string, of: (lane: PoolState['backlog'][number]) => number): Told<KindLabel> {
  return {
    name,
    help,
    labelNames: ['cluster', 'resource'],
    tell: (gauge, state) => {
      for (const cluster of state.clusters()) {
        for (const entry of state.pool(cluster)?.backlog ?? []) {
          if (!NO_KIND.has(entry.lane)) gauge.set({ cluster, resource: entry.lane }, of(entry));
        }
      }
    },
  };
}

const backlogs = (clock: Clock) => [
  ofBacklog(
    'koinon_copies_waiting',
    'Copies that are to be looked at in a cluster: they wait for a worker, have one, or are to be tried again.',
    ({ count }) => count,
  ),
  ofBacklog(
    'koinon_copy_lag_seconds',
    'How long the copy has been waiting to be looked at in a cluster that has waited longest.',
    ({ oldest }) => Math.max(0, clock.now() - oldest) / 1000,
  ),
];

const troubles: Told<KindLabel | 'reason'> = {
  name: 'koinon_copies_troubled',
  help: 'Copies that are not as they shall be, by why.',
  labelNames: ['cluster', 'resource', 'reason'],
  tell: (gauge, state) => {
    for (const [resource, troubled] of state.troubled()) {
      for (const [cluster, counts] of troubled.counts()) {
        for (const reason of TROUBLES) gauge.set({ cluster, resource, reason }, counts.get(reason) ?? 0);
      }
    }
  },
};

/** What the engine knows of each cluster and kind, until what is given back is called. */
export function tellEngineMetrics(metrics: Registry, clock: Clock, state: EngineState): () => void {
  const names = [
    ...ofClusters.map((told) => register(metrics, state, told)),
    ...backlogs(clock).map((told) => register(metrics, state, told)),
    register(metrics, state, troubles),
  ];
  return () => {
    // Another term makes its own.
    for (const name of names) metrics.removeSingleMetric(name);
  };
}

function register<Label extends string>(metrics: Registry, state: EngineState, told: Told<Label>): string {
  const { name, help, labelNames, tell } = told;
  new Gauge<Label>({
    name,
    help,
    labelNames,
    registers: [metrics],
    collect() {
      this.reset();
      tell(this, state);
    },
  });
  return name;
}
