import { groupResource, type Resource } from '../../src/apimachinery/index.ts';
import { Counter, Histogram, type Registry } from '../../src/component-base/index.ts';

export interface CopyWrite {
  readonly action: 'Create' | 'Update' | 'Delete' | 'Release';
  readonly result: 'ok' | 'failed';
}

const labelNames = ['cluster', 'resource'] as const;
const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** What is done to copies, by cluster and kind, from when it is made until it ends. */
export class CopyCounters implements Disposable {
  readonly #metrics: Registry;
  readonly #writes: Counter<(typeof labelNames)[number] | 'action' | 'result'>;
  readonly #drifts: Counter<(typeof labelNames)[number]>;
  readonly #durations: Histogram<(typeof labelNames)[number]>;
  /** Calls to one that has left may end later. */
  readonly #isMember: (cluster: string) => boolean;

  constructor(metrics: Registry, isMember: (cluster: string) => boolean) {
    this.#metrics = metrics;
    this.#isMember = isMember;
    // Those of a term that ended before it began.
    this[Symbol.dispose]();
    this.#writes = new Counter({
      name: 'koinon_copy_writes_total',
      help: 'Writes of copies in a cluster, by what was done and whether the member accepted it.',
      labelNames: [...labelNames, 'action', 'result'],
      registers: [metrics],
    });
    this.#drifts = new Counter({
      name: 'koinon_copy_drifts_total',
      help: 'Times that a copy was found changed by somebody in its cluster, whether it is repaired or only reported.',
      labelNames,
      registers: [metrics],
    });
    this.#durations = new Histogram({
      name: 'koinon_copy_sync_duration_seconds',
      help: 'Time from when the federation knew of a change until the copy in the cluster was written.',
      labelNames,
      buckets: BUCKETS,
      registers: [metrics],
    });
  }

  wrote(cluster: string, kind: Resource, { action, result }: CopyWrite): void {
    if (!this.#isMember(cluster)) return;
    this.#writes.inc({ cluster, resource: groupResource(kind), action: action.toLowerCase(), result });
  }

  drifted(cluster: string, kind: Resource): void {
    if (this.#isMember(cluster)) this.#drifts.inc({ cluster, resource: groupResource(kind) });
  }

  /** `resource` as in `deployments.apps`. */
  synced(cluster: string, resource: string, seconds: number): void {
    if (this.#isMember(cluster)) this.#durations.observe({ cluster, resource }, seconds);
  }

  /** The cluster has left the federation. */
  async forget(cluster: string): Promise<void> {
    for (const { labels } of (await this.#writes.get()).values) {
      if (labels.cluster === cluster) this.#writes.remove(labels);
    }
    for (const { labels } of (await this.#drifts.get()).values) {
      if (labels.cluster === cluster) this.#drifts.remove(labels);
    }
    for (const { labels } of (await this.#durations.get()).values) {
      if (labels.cluster === cluster) this.#durations.remove({ cluster, resource: labels.resource ?? '' });
    }
  }

  /** They are told no longer: another term makes its own. */
  [Symbol.dispose](): void {
    for (const name of ['koinon_copy_writes_total', 'koinon_copy_drifts_total', 'koinon_copy_sync_duration_seconds']) {
      this.#metrics.removeSingleMetric(name);
    }
  }
}
