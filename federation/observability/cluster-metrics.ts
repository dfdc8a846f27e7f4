import { aborted, Counter, Gauge, type Registry, type Runnable } from '../../src/component-base/index.ts';
import type { Informer } from '../../src/controller/index.ts';
import type { Cluster } from '../apis/index.ts';

export interface ClusterMetricsDeps {
  readonly clusters: Informer<Cluster>;
  readonly metrics: Registry;
  /** The cluster has left the federation: what is told of it elsewhere. */
  readonly forget: (cluster: string) => Promise<void>;
}

/** What the federation believes of its members, and how often it has changed its mind. */
export function clusterMetrics({ clusters, metrics, forget }: ClusterMetricsDeps): Runnable {
  return {
    name: 'cluster-metrics',
    async run(signal, ready) {
      new Gauge({
        name: 'koinon_cluster_condition',
        help: 'Conditions of the Cluster objects: 1 for the status that each has, 0 for the others.',
        labelNames: ['cluster', 'condition', 'status'],
        registers: [metrics],
        collect() {
          this.reset();
          for (const cluster of clusters.lister.list()) tellConditions(this, cluster);
        },
      });
      new Gauge({
        name: 'koinon_cluster_votes',
        help: 'Votes on whether clients can reach a cluster, by what they say; those that do not count are Ignored.',
        labelNames: ['cluster', 'verdict'],
        registers: [metrics],
        collect() {
          this.reset();
          for (const cluster of clusters.lister.list()) tellVotes(this, cluster);
        },
      });
      const changes = new Counter({
        name: 'koinon_cluster_verdict_changes_total',
        help: 'Changes of a condition of a Cluster object, by the status that it got.',
        labelNames: ['cluster', 'condition', 'status'],
        registers: [metrics],
      });
      const remove = clusters.onEvent(({ key, type, object, previous }) => {
        if (type === 'delete') void forgetAll(changes, key).then(() => forget(key));
        else if (previous !== undefined) countChanges(changes, previous, object);
      });
      ready();
      await aborted(signal);
      remove();
      // Another term makes its own.
      metrics.removeSingleMetric('koinon_cluster_condition');
      metrics.removeSingleMetric('koinon_cluster_votes');
      metrics.removeSingleMetric('koinon_cluster_verdict_changes_total');
    },
  };
}

const STATUSES = ['True', 'False', 'Unknown'] as const;

function tellConditions(gauge: Gauge, { metadata, status }: Cluster): void {
  const cluster = metadata.name ?? '';
  for (const { type: condition, status: held } of status?.conditions ?? []) {
    for (const one of STATUSES) gauge.set({ cluster, condition, status: one }, one === held ? 1 : 0);
  }
}

function tellVotes(gauge: Gauge, { metadata, status }: Cluster): void {
  const cluster = metadata.name ?? '';
  for (const verdict of ['Reachable', 'Unreachable', 'Ignored']) gauge.set({ cluster, verdict }, 0);
  for (const { verdict, ignored } of status?.votes ?? []) {
    gauge.inc({ cluster, verdict: ignored === undefined ? verdict : 'Ignored' });
  }
}

function countChanges(changes: Counter, before: Cluster, after: Cluster): void {
  const cluster = after.metadata.name ?? '';
  for (const { type: condition, status } of after.status?.conditions ?? []) {
    const old = before.status?.conditions?.find(({ type }) => type === condition);
    if (old?.status !== status) changes.inc({ cluster, condition, status });
  }
}

async function forgetAll(counter: Counter, cluster: string): Promise<void> {
  for (const { labels } of (await counter.get()).values) if (labels['cluster'] === cluster) counter.remove(labels);
}
