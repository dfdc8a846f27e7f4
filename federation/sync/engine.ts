import { groupResource, keyOf, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import { customResourceDefinitions, type Namespace } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import {
  aborted,
  createMetrics,
  start,
  type Clock,
  type Logger,
  type Registry,
  type Runnable,
  type Turns,
} from '../../src/component-base/index.ts';
import type { EventRecorder, Informer, InformerSet } from '../../src/controller/index.ts';
import type { Tracer } from '../../src/tracing/index.ts';
import { isOffline, isReady, type Cluster } from '../apis/index.ts';
import type { ClusterClients, FederatedInformer } from '../cluster/index.ts';
import { ApplySupport } from './apply-support.ts';
import { DebtCollector, type UsageCheck } from './debts/debt-collector.ts';
import { DebtLedger } from './debts/debt-ledger.ts';
import { CopyCounters } from './copy-counters.ts';
import { tellEngineMetrics } from './engine-metrics.ts';
import { ranks, type FederatedType } from './federated-type.ts';
import { forEachFederatedType } from './federated-types.ts';
import { definitions } from './kinds/definitions.ts';
import { plain } from './kinds/plain.ts';
import { isCopied } from './is-copied.ts';
import { memberCopies, onDemand } from './member-copies.ts';
import type { PlacingContext } from './placing-context.ts';
import { ClusterPools } from './pool/cluster-pools.ts';
import { defaultBlastRadius, RemovalGuard, type Hold } from './removal-guard.ts';
import { originOf } from './shard.ts';
import { syncController } from './sync-controller.ts';
import type { Defaulted, SyncOptions } from './sync-deps.ts';
import { TroubledCopies } from './troubled-copies.ts';
import { memberView } from './unknown-content.ts';

export type FollowedInformer = Pick<FederatedInformer<KubeObject>, 'refresh' | 'suspend' | 'kind' | 'problem'>;

export interface EngineDeps {
  readonly federationName: string;
  readonly federation: Client;
  /** Of the federation's own API. */
  readonly informers: InformerSet;
  /** What the federation's own API serves, each resource in the version that clients prefer. */
  readonly resources: { list(): readonly Resource[]; onChange(handler: () => void): () => void };
  readonly defaulted: Defaulted;
  readonly clusters: Informer<Cluster>;
  readonly placing: PlacingContext;
  readonly clients: ClusterClients;
  /** Whose turn it is to be listed. */
  readonly turns: Turns;
  readonly namespaces: FederatedInformer<Namespace>;
  /** Informers over copies that run anyway, for others too, by resource. */
  readonly shared: ReadonlyMap<string, FederatedInformer<KubeObject>>;
  /** Another informer over members, until what is given back is called. */
  readonly watch: (informer: FollowedInformer) => () => void;
  /** As long as it holds no copy is deleted. */
  readonly hold: Hold;
  readonly recorder: (component: string) => EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Registry;
  readonly tracer?: Tracer | undefined;
  readonly options?: SyncOptions;
}

interface Kind {
  readonly resource: Resource;
  readonly refresh: (cluster: string) => void;
  readonly stop: AbortController;
  readonly countIn: (cluster: string) => number;
  /** As last seen; `unseen` where it is not known whether there is one. */
  readonly copyIn: (cluster: string, key: string) => KubeObject | 'unseen' | undefined;
  readonly usage: UsageCheck | undefined;
  readonly troubled: TroubledCopies;
  readonly uidOf: (key: string) => string | undefined;
  /** The federated object of this key, if it is one that is copied; `unknown` until all are known. */
  readonly wanted: (key: string) => KubeObject | 'unknown' | undefined;
}

/** Keeps copies of all objects of all federated kinds in the members: those of the table, and custom resources as they are defined. */
export interface PropagationEngine extends Runnable {
  /** Objects of this resource are copied, so that deleting them can leave copies. */
  isFederated(resource: Resource): boolean;
  /** A member's copy, as last seen; `unseen` where it is not known whether there is one. */
  copyIn(cluster: string, resource: Resource, key: string): KubeObject | 'unseen' | undefined;
  /** Copies that would be deleted in a cluster if none were held, as in `deployment "shop/web"`. */
  held(cluster: string): readonly string[];
  /**
   * Whether the copy, as it is by now, is of an object that there is, or was, as far as this federation knows. True also
   * of one that is gone, and where it cannot be told.
   */
  knows(cluster: string, resource: Resource, copy: KubeObject): boolean;
}

export function propagationEngine(deps: EngineDeps): PropagationEngine {
  return new Engine(deps);
}

class Engine implements PropagationEngine {
  readonly name = 'propagation';
  readonly #deps: EngineDeps;
  readonly #pools: ClusterPools;
  readonly #applySupport = new ApplySupport();
  readonly #removals: RemovalGuard;
  readonly #metrics: Registry;
  readonly #counters: CopyCounters;
  readonly #debts: DebtLedger;
  readonly #debtEvents: EventRecorder;
  readonly #collector: DebtCollector;
  /** By resource, as in `deployments.apps`. */
  readonly #kinds = new Map<string, Kind>();
  readonly #custom = new Set<string>();
  readonly #ending = new Set<Promise<void>>();
  readonly #view = (cluster: string, client: Client) =>
    memberView(
      {
        federationName: this.#deps.federationName,
        kinds: () => [...this.#kinds.values()].map(({ resource }) => resource),
        knows: (of, resource, copy) => this.knows(of, resource, copy),
      },
      cluster,
      client,
    );
  readonly #failed = Promise.withResolvers<never>();

  constructor(deps: EngineDeps) {
    const { clock, log, options = {} } = deps;
    this.#deps = deps;
    // Asked for before they run, so that they are synced before anything is decided by what there is.
    forEachFederatedType(({ resource }) => {
      deps.informers.of(resource);
    });
    this.#metrics = deps.metrics ?? createMetrics();
    this.#counters = new CopyCounters(this.#metrics, (cluster) => deps.clusters.lister.get(cluster) !== undefined);
    this.#pools = new ClusterPools(
      {
        clock,
        log,
        tracer: deps.tracer,
        onWritten: (cluster, lane, afterMs) => {
          this.#counters.synced(cluster, lane, afterMs / 1000);
        },
      },
      {
        workers: options.memberWorkers ?? 16,
        timeoutMs: options.memberTimeoutMs ?? 6_000,
        rate: options.memberRate ?? { perSecond: 500, burst: 1_000 },
        breaker: { failures: 5, firstPauseMs: 1_000, longestPauseMs: 30_000 },
      },
    );
    this.#removals = new RemovalGuard(
      { clock, total: () => this.#countCopies(), hold: deps.hold },
      options.blastRadius ?? defaultBlastRadius,
    );
    this.#debts = new DebtLedger(deps.federation);
    this.#debtEvents = deps.recorder('federation-debt-controller');
    this.#collector = new DebtCollector({
      ...deps,
      ledger: this.#debts,
      pools: this.#pools,
      removals: this.#removals,
      view: this.#view,
      events: this.#debtEvents,
      wanted: (resource, key) => this.#wanted(groupResource(resource), key),
      usage: (resource) => this.#kinds.get(groupResource(resource))?.usage,
    });
  }

  isFederated(resource: Resource): boolean {
    return this.#kinds.has(groupResource(resource));
  }

  held(cluster: string): readonly string[] {
    return this.#removals.held(cluster);
  }

  knows(cluster: string, resource: Resource, copy: KubeObject): boolean {
    const kind = this.#kinds.get(groupResource(resource));
    if (kind === undefined) return true;
    const key = keyOf(copy);
    const now = kind.copyIn(cluster, key);
    if (now === undefined) return true;
    const uid = originOf(now === 'unseen' ? copy : now);
    return kind.uidOf(key) === uid || this.#debts.isOwed(cluster, { resource: kind.resource, key, uid });
  }

  copyIn(cluster: string, resource: Resource, key: string): KubeObject | 'unseen' | undefined {
    const kind = this.#kinds.get(groupResource(resource));
    return kind === undefined ? 'unseen' : kind.copyIn(cluster, key);
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { clusters, clients, resources, informers } = this.#deps;
    await this.#debts.load(signal);
    for (const cluster of this.#debts.clusters())
      if (clusters.lister.get(cluster) === undefined) this.#leave(cluster, signal);
    // Before the kinds hear of a cluster: what they then have to do there must find somebody to do it.
    const removals = [
      clusters.onEvent(({ type, key, object, previous }) => {
        if (type === 'delete') this.#leave(key, signal);
        else this.#meet(object, previous);
      }),
      clients.onChange((cluster, client) => {
        if (client !== undefined) this.#collector.collect(cluster);
      }),
      this.#removals.onHold(() => {
        for (const cluster of this.#debts.clusters()) this.#collector.collect(cluster);
      }),
      this.#tellMetrics(),
    ];
    const starting = [this.#keep([this.#debtEvents], signal)];
    forEachFederatedType((type) => {
      starting.push(this.#begin(type, signal));
    });
    const follow = () => {
      this.#followDefinitions(signal);
    };
    try {
      await Promise.race([Promise.all(starting), this.#failed.promise]);
      removals.push(resources.onChange(follow), informers.of(customResourceDefinitions).onEvent(follow));
      if (!signal.aborted) ready();
      await Promise.race([aborted(signal), this.#failed.promise]);
    } finally {
      for (const remove of removals) remove();
      for (const { stop } of this.#kinds.values()) stop.abort();
      await Promise.all(this.#ending);
      await this.#pools.end();
      this.#counters[Symbol.dispose]();
    }
  }

  #tellMetrics(): () => void {
    const { clock, clusters } = this.#deps;
    return tellEngineMetrics(this.#metrics, clock, {
      clusters: () => clusters.lister.list().map(({ metadata }) => metadata.name ?? ''),
      pool: (cluster) => this.#pools.state(cluster),
      owed: (cluster) => this.#debts.count(cluster),
      troubled: () => this.#kinds.entries().map(([name, { troubled }]) => [name, troubled] as const),
    });
  }

  #meet(cluster: Cluster, previous: Cluster | undefined): void {
    const name = cluster.metadata.name ?? '';
    if (isOffline(cluster)) {
      this.#pools.suspend(name);
      return;
    }
    this.#pools.resume(name);
    if (previous !== undefined && !isReady(previous) && isReady(cluster)) this.#pools.trust(name);
    this.#collector.collect(name);
  }

  #leave(cluster: string, signal: AbortSignal): void {
    this.#pools.remove(cluster);
    void this.#counters.forget(cluster);
    this.#debts.forget(cluster, signal).catch((err: unknown) => {
      this.#deps.log.warn({ cluster, err }, 'what was owed to a cluster that has left is still noted');
    });
  }

  #countCopies(): number {
    let count = 0;
    for (const { metadata } of this.#deps.clusters.lister.list()) {
      for (const { countIn } of this.#kinds.values()) count += countIn(metadata.name ?? '');
    }
    return count;
  }

  #wanted(name: string, key: string): KubeObject | 'unknown' | undefined {
    const kind = this.#kinds.get(name);
    if (kind !== undefined) return kind.wanted(key);
    const { lister, synced } = this.#deps.informers.of(customResourceDefinitions);
    return synced && lister.get(name) === undefined ? undefined : 'unknown';
  }

  /** Custom resources are federated as long as the federation serves them. */
  #followDefinitions(signal: AbortSignal): void {
    if (signal.aborted) return;
    const { resources, informers } = this.#deps;
    const defined = new Set(
      informers
        .of(customResourceDefinitions)
        .lister.list()
        .map(({ metadata }) => metadata.name),
    );
    const served = new Map(
      resources
        .list()
        .filter((resource) => defined.has(groupResource(resource)))
        .map((resource) => [groupResource(resource), resource]),
    );
    for (const name of this.#custom) {
      const kind = this.#kinds.get(name);
      if (kind === undefined || kind.resource.version === served.get(name)?.version) continue;
      this.#custom.delete(name);
      this.#kinds.delete(name);
      kind.stop.abort();
      informers.drop(kind.resource);
    }
    for (const [name, resource] of served) {
      if (this.#kinds.has(name)) continue;
      this.#custom.add(name);
      void this.#begin(plain<KubeObject>(resource, { rank: ranks.custom }), signal);
    }
  }

  /** Resolves when the kind is being taken care of; what fails then or later ends the engine. */
  async #begin<T extends KubeObject>(type: FederatedType<T>, signal: AbortSignal): Promise<void> {
    const { recorder, informers, watch, namespaces, placing } = this.#deps;
    const { resource } = type;
    const name = groupResource(resource);
    const objects = informers.of(resource);
    const events = recorder(`federation-${resource.kind.toLowerCase()}-controller`);
    const { informer, parts } = this.#copiesOf(type, objects);
    const { namespaces: _namespaces, ...shared } = this.#deps;
    const troubled = new TroubledCopies(this.#deps.clock);
    const sync = syncController<T>({
      ...shared,
      type,
      objects,
      events,
      members: informer,
      ...(resource.namespaced ? { namespaces } : {}),
      pools: this.#pools,
      applySupport: this.#applySupport,
      view: this.#view,
      debts: this.#debts,
      removals: this.#removals,
      troubled,
      counters: this.#counters,
    });
    const stop = new AbortController();
    const kindSignal = AbortSignal.any([signal, stop.signal]);
    const unwatch = watch(informer);
    const refresh = (cluster: string) => {
      informer.refresh(cluster);
    };
    const wanted = (key: string) => {
      const object = objects.lister.get(key);
      if (object === undefined) return objects.synced ? undefined : 'unknown';
      return isCopied(type, object, placing.scaling) ? object : undefined;
    };
    const copyIn = (cluster: string, key: string) =>
      informer.get(cluster, key) ?? (informer.synced(cluster) ? undefined : 'unseen');
    const countIn = (cluster: string) => (type.acceptsForeign === true ? 0 : informer.list(cluster).length);
    const { isUsedByOthers } = type;
    // @NOTE the copy is of this kind, for it was asked for by its resource.
    const usage: UsageCheck | undefined = isUsedByOthers && ((copy, view, own) => isUsedByOthers(copy as T, view, own));
    const uidOf = (key: string) => objects.lister.get(key)?.metadata.uid;
    this.#kinds.set(name, { resource, refresh, stop, countIn, copyIn, usage, uidOf, wanted, troubled });
    await this.#keep([events, sync, ...parts], kindSignal, unwatch);
  }

  /** Resolves when they run; what fails then or later ends the engine. */
  async #keep(parts: readonly Runnable[], signal: AbortSignal, onEnd?: () => void): Promise<void> {
    const starting = start(parts, signal);
    const ended = starting
      .then((running) => running.done)
      .catch((err: unknown) => {
        if (!signal.aborted) this.#failed.reject(err);
      })
      .finally(() => {
        onEnd?.();
        this.#ending.delete(ended);
      });
    this.#ending.add(ended);
    await Promise.race([starting.catch(() => undefined), ended]);
  }

  #copiesOf<T extends KubeObject>(type: FederatedType<T>, objects: Informer<T>): Copies<T> {
    const { resource } = type;
    // @NOTE the name is that of the resource, and a resource names the type of its objects.
    const shared = this.#deps.shared.get(groupResource(resource)) as FederatedInformer<T> | undefined;
    if (shared !== undefined) return { informer: shared, parts: [] };
    const informer = memberCopies(resource, this.#deps);
    if (groupResource(resource) === groupResource(definitions.resource)) this.#followServed(informer);
    return {
      informer,
      parts: [onDemand(informer, objects, (object) => isCopied(type, object, this.#deps.placing.scaling))],
    };
  }

  /** A member may serve a custom resource from now on: it is listed there at once, not after what is left of a back-off. */
  #followServed<T extends KubeObject>(copies: FederatedInformer<T>): void {
    copies.onEvent(({ cluster, key }) => {
      this.#kinds.get(key)?.refresh(cluster);
    });
  }
}

interface Copies<T extends KubeObject> {
  readonly informer: FederatedInformer<T>;
  readonly parts: readonly Runnable[];
}
