import { isNotFound, splitKey, type KubeObject, type Resource } from '../../../src/apimachinery/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Clock, Logger } from '../../../src/component-base/index.ts';
import type { EventRecorder, Informer, ReconcileResult } from '../../../src/controller/index.ts';
import { isOffline, type Cluster } from '../../apis/index.ts';
import type { ClusterClients } from '../../cluster/index.ts';
import { describe } from '../member-writer.ts';
import type { ClusterPools, Lane } from '../pool/cluster-pools.ts';
import type { RemovalGuard } from '../removal-guard.ts';
import type { MemberView } from '../federated-type.ts';
import { asSeen, disowning, isShardOf, originOf } from '../shard.ts';
import type { Debt } from './debt.ts';
import type { DebtLedger } from './debt-ledger.ts';

export type UsageCheck = (copy: KubeObject, view: MemberView, signal: AbortSignal) => Promise<boolean>;

export interface DebtCollectorDeps {
  readonly federationName: string;
  readonly ledger: DebtLedger;
  readonly pools: ClusterPools;
  readonly clusters: Informer<Cluster>;
  readonly clients: Pick<ClusterClients, 'get' | 'onChange'>;
  /** The federated object of this name, if it is one that is copied; `unknown` while that cannot be told. */
  readonly wanted: (resource: Resource, key: string) => KubeObject | 'unknown' | undefined;
  readonly view: (cluster: string, client: Client) => MemberView;
  /** For kinds whose deletion may take along what is not ours: whether that of a copy would. */
  readonly usage: (resource: Resource) => UsageCheck | undefined;
  readonly removals: Pick<RemovalGuard, 'holding'>;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
}

const RANK_AFTER_ALL = 4;
const UNDECIDED_REVIEW_MS = 1_000;
const SUCCESSOR_REVIEW_MS = 5_000;

/** Pays what is owed to clusters when they can be asked again: what is there is looked at before any of it is deleted. */
export class DebtCollector {
  readonly #deps: DebtCollectorDeps;
  readonly #lane: Lane;

  constructor(deps: DebtCollectorDeps) {
    this.#deps = deps;
    this.#lane = deps.pools.lane('debts', {
      rank: RANK_AFTER_ALL,
      reconcile: (cluster, id, signal) => this.#reconcile(cluster, id, signal),
    });
  }

  /** The cluster may be there again. */
  collect(cluster: string): void {
    for (const id of this.#deps.ledger.ids(cluster)) this.#lane.add([cluster], id);
  }

  async #reconcile(cluster: string, id: string, signal: AbortSignal): Promise<ReconcileResult> {
    const { ledger, clusters, clients, removals, events, wanted } = this.#deps;
    const debt = ledger.get(cluster, id);
    const joined = clusters.lister.get(cluster);
    const client = clients.get(cluster);
    // Whatever is missing here comes with an event that brings all debts back.
    if (debt === undefined || joined === undefined || isOffline(joined) || client === undefined) return {};
    const object = wanted(debt.resource, debt.key);
    if (object === 'unknown') return { requeueAfterMs: UNDECIDED_REVIEW_MS };
    // It is about to be gone, or its own deletion goes on from here.
    if (object?.metadata.deletionTimestamp !== undefined) return { requeueAfterMs: UNDECIDED_REVIEW_MS };
    const held = removals.holding(cluster, describe(debt, { metadata: splitKey(debt.key) }));
    if (held !== undefined) return { requeueAfterMs: held.waitMs };
    if (object === undefined) await this.#pay(cluster, debt, signal);
    // It takes the copy over, or deletes it where it does not want it; until then the copy is owed.
    else if ((await this.#meant(cluster, debt, signal)) !== undefined) return { requeueAfterMs: SUCCESSOR_REVIEW_MS };
    await ledger.settle(cluster, id, signal);
    if (ledger.count(cluster) === 0) {
      events.event(joined, 'Normal', 'DeletionsCompleted', 'Everything that was to be deleted there is deleted');
    }
    return {};
  }

  async #pay(cluster: string, debt: Debt, signal: AbortSignal): Promise<void> {
    const { resource, key } = debt;
    const { pools, log } = this.#deps;
    const copy = await this.#meant(cluster, debt, signal);
    if (copy === undefined) return;
    const client = this.#clientOf(cluster);
    const view = this.#deps.view(cluster, client);
    try {
      const check = this.#deps.usage(resource);
      if (check !== undefined && (await pools.call(cluster, signal, (own) => check(copy, view, own)))) {
        const patch = disowning(copy);
        await pools.call(cluster, signal, (own) =>
          client.patch(resource, splitKey(key), { type: 'merge', patch }, { signal: own }),
        );
        return;
      }
      const preconditions = asSeen(copy);
      await pools.call(cluster, signal, (own) =>
        client.delete(resource, splitKey(key), { signal: own, propagationPolicy: 'Background', preconditions }),
      );
      log.info({ cluster, resource: resource.plural, key }, 'deleted what was owed');
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
  }

  /** What is there, if it still is the copy that was meant. */
  async #meant(cluster: string, { resource, key, uid }: Debt, signal: AbortSignal): Promise<KubeObject | undefined> {
    const { pools, federationName } = this.#deps;
    const client = this.#clientOf(cluster);
    try {
      const copy = await pools.call(cluster, signal, (own) => client.get(resource, splitKey(key), { signal: own }));
      const isMeant = isShardOf(federationName, copy) && originOf(copy) === uid;
      return isMeant && copy.metadata.deletionTimestamp === undefined ? copy : undefined;
    } catch (err) {
      if (!isNotFound(err)) throw err;
      return undefined;
    }
  }

  #clientOf(cluster: string): Client {
    const client = this.#deps.clients.get(cluster);
    if (client === undefined) throw new Error(`no client for cluster ${cluster}`);
    return client;
  }
}
