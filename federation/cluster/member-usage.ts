import type { Informer } from '../../src/controller/index.ts';
import { mapConcurrent, type Clock, type Logger } from '../../src/component-base/index.ts';
import { isReady, type Cluster, type ResourceAmounts } from '../apis/index.ts';
import type { ClusterClients } from './cluster-clients.ts';
import { requestedAmounts } from './requested-amounts.ts';

interface Reading {
  readonly amounts?: ResourceAmounts;
  readonly dueAt: number;
}

export interface MemberUsageDeps {
  readonly clusters: Informer<Cluster>;
  readonly clients: Pick<ClusterClients, 'get'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const ROUND_MS = 1_000;
const SHORTEST_MS = 60_000;
/** So that counting takes a small part of a member's time, however many pods it has. */
const MS_FOR_EACH_POD = 20;
const AT_ONCE = 2;

/** What the pods of each member request together: counted now and then, beside the probes, few members at once. */
export class MemberUsage {
  readonly #deps: MemberUsageDeps;
  readonly #readings = new Map<string, Reading>();

  constructor(deps: MemberUsageDeps) {
    this.#deps = deps;
  }

  of(cluster: string): ResourceAmounts | undefined {
    return this.#readings.get(cluster)?.amounts;
  }

  forget(cluster: string): void {
    this.#readings.delete(cluster);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clusters, clock } = this.#deps;
    const isStopped = () => signal.aborted;
    while (!isStopped()) {
      const due = clusters.lister
        .list()
        .filter((cluster) => isReady(cluster) && this.#dueAt(cluster.metadata.name ?? '') <= clock.now())
        .map(({ metadata }) => metadata.name ?? '');
      await mapConcurrent(due, AT_ONCE, (name) => this.#read(name, signal));
      await clock.sleep(ROUND_MS, signal).catch(() => undefined);
    }
  }

  #dueAt(cluster: string): number {
    return this.#readings.get(cluster)?.dueAt ?? -Infinity;
  }

  async #read(cluster: string, signal: AbortSignal): Promise<void> {
    const { clients, clusters, clock, log } = this.#deps;
    const client = clients.get(cluster);
    const isStopped = () => signal.aborted;
    if (client === undefined || isStopped()) return;
    const before = this.of(cluster);
    try {
      const { amounts, pods } = await requestedAmounts(client, signal);
      const dueAt = clock.now() + Math.max(SHORTEST_MS, pods * MS_FOR_EACH_POD);
      // It may have left meanwhile.
      if (clusters.lister.get(cluster) === undefined) return;
      this.#readings.set(cluster, amounts === undefined ? { dueAt } : { amounts, dueAt });
    } catch (err) {
      const dueAt = clock.now() + SHORTEST_MS;
      this.#readings.set(cluster, before === undefined ? { dueAt } : { amounts: before, dueAt });
      if (!isStopped()) log.debug({ cluster, err }, 'cannot count the pods of cluster');
    }
  }
}
