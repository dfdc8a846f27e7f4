import { keyOf } from '../../src/apimachinery/index.ts';
import type { EndpointSlice, LoadBalancerIngress, Service } from '../../src/apis/index.ts';
import { aborted, type Clock, type Runnable } from '../../src/component-base/index.ts';
import { Sweep, type Informer } from '../../src/controller/index.ts';
import { annotations, clusterCondition, isOffline, type Cluster } from '../apis/index.ts';
import type { ClusterChange, FederatedInformer } from '../cluster/index.ts';
import { addressesOf, parseServiceIngresses } from './service-ingresses.ts';
import { isJudgedByItself } from './shard-check.ts';
import type { EndpointCounts } from './shard-notes.ts';
import { decide, isLost, type Candidate, type Rank, type Seen } from './standing.ts';
import { unjudgedWithdrawMs } from './unjudged-clusters.ts';

/** A shard to which clients may be sent. */
export interface ReachableShard {
  readonly cluster: string;
  /** IP addresses and host names. */
  readonly addresses: readonly string[];
}

/** What is known of one member's shard. */
export type ShardState =
  | (Seen & { readonly kind: 'known' })
  /** Clients are sent elsewhere: they cannot reach the cluster, or others serve that are better. */
  | { readonly kind: 'leftOut'; readonly why: 'lost' | Exclude<Rank, 'good'>; readonly seen: Seen }
  /** The cluster has not told yet: what was said of it before still counts. */
  | { readonly kind: 'unsettled'; readonly ingress: readonly LoadBalancerIngress[] };

/** Whether clients reach single shards. */
export interface ShardReach {
  isLost(cluster: string, service: string): boolean;
  /** Called with the key of a Service. Returns its own removal. */
  onChange(handler: (service: string) => void): () => void;
}

export interface ShardHealthDeps {
  readonly services: Informer<Service>;
  readonly clusters: Informer<Cluster>;
  /** The shards. */
  readonly members: FederatedInformer<Service>;
  /** With the index `serviceOfSlice`. */
  readonly slices: FederatedInformer<EndpointSlice>;
  readonly reach: ShardReach;
  readonly clock: Clock;
  /** A cluster that nobody can judge is left out after so long, where a Service does not say. */
  readonly unjudgedWithdrawMs: number;
}

export const SLICES_BY_SERVICE = 'service';
/** In the second in which a hundred clusters are seen anew, all Services are looked at ten times and not a hundred. */
const SWEEP_PAUSE_MS = 100;
const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** Index of EndpointSlices by `namespace/service`. */
export function serviceOfSlice({ metadata }: EndpointSlice): readonly string[] {
  const service = metadata.labels?.[SERVICE_NAME_LABEL];
  return service === undefined ? [] : [`${metadata.namespace ?? ''}/${service}`];
}

/** What is kept of a slice: whose it is, and whether its endpoints are ready. */
export function essentialsOfSlice({
  apiVersion,
  kind,
  metadata,
  addressType,
  endpoints,
}: EndpointSlice): EndpointSlice {
  const { name, namespace, uid, resourceVersion, labels } = metadata;
  const service = labels?.[SERVICE_NAME_LABEL];
  return {
    apiVersion,
    kind,
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(service === undefined ? {} : { labels: { [SERVICE_NAME_LABEL]: service } }),
    },
    addressType,
    endpoints: (endpoints ?? []).map(({ conditions }) => ({
      addresses: [],
      ...(conditions === undefined ? {} : { conditions }),
    })),
  };
}

/**
 * Knows of every shard whether it serves: clients can reach its member, its load balancer has an address, and at least
 * one endpoint is ready behind it. A member that clients lost is trusted again only when its state has been seen anew; a
 * connection that merely breaks changes nothing, and of a member that only the hub has lost the last known state counts.
 */
export class ShardHealth implements Runnable {
  readonly name = 'shard-health';
  readonly #deps: ShardHealthDeps;
  readonly #handlers = new Set<(key: string) => void>();
  /** Clusters whose state has been seen since they were last lost. */
  readonly #seen = new Set<string>();
  readonly #sweep: Sweep;
  #review: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(deps: ShardHealthDeps) {
    this.#deps = deps;
    this.#sweep = new Sweep(deps.clock, SWEEP_PAUSE_MS, () => {
      for (const service of deps.services.lister.list()) this.#tellIfReached(keyOf(service));
    });
  }

  /** Called with the key of a federated Service whenever the health of its shards may have changed. */
  onChange(handler: (key: string) => void): () => void {
    this.#handlers.add(handler);
    return () => {
      this.#handlers.delete(handler);
    };
  }

  /** Of every cluster of the federation. */
  states(service: Service): ReadonlyMap<string, ShardState> {
    const candidates = this.#candidates(service);
    const { clock, unjudgedWithdrawMs: usualMs } = this.#deps;
    const { leftOut, ranks, reviewAt } = decide(candidates, unjudgedWithdrawMs(service, usualMs), clock.now());
    if (reviewAt !== undefined) this.#reviewAt(reviewAt);
    return new Map(
      candidates.map(({ cluster, seen }) => {
        const name = cluster.metadata.name ?? '';
        const rank = ranks.get(name);
        const isLeftOut = leftOut.has(name) && rank !== undefined && rank !== 'good';
        return [name, isLeftOut ? { kind: 'leftOut', why: rank, seen } : seen];
      }),
    );
  }

  /** The shards as they were last seen, wherever clients are sent; `undefined` where nothing is known. */
  lastSeen(service: Service): ReadonlyMap<string, Seen | undefined> {
    return new Map(
      this.#candidates(service).map(({ cluster, seen }) => [
        cluster.metadata.name ?? '',
        isLost(cluster) || seen.kind === 'unsettled' ? undefined : seen,
      ]),
    );
  }

  /** Where clients of a Service may go; nowhere once it is being deleted or is no longer of type LoadBalancer. */
  reachable(service: Service): readonly ReachableShard[] {
    if (!takesClients(service)) return [];
    const shards: ReachableShard[] = [];
    for (const [cluster, state] of this.states(service)) {
      const counts = state.kind === 'unsettled' || (state.kind === 'known' && state.healthy);
      const addresses = counts ? addressesOf(state.ingress) : [];
      if (addresses.length > 0) shards.push({ cluster, addresses });
    }
    return shards;
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { services, clusters, members, slices, reach } = this.#deps;
    const changed = (cluster: string, change: ClusterChange) => {
      // Its cache is gone, perhaps only until its credentials are back.
      if (change === 'removed') this.#seen.delete(cluster);
      this.#sweep.request();
    };
    const removals = [
      services.onEvent(({ key }) => {
        this.#tell(key);
      }),
      clusters.onEvent(({ type, key, object, previous }) => {
        if (type === 'delete' || isLost(object)) this.#seen.delete(key);
        // A probe that found nothing new is not worth a look at every Service.
        if (type !== 'update' || previous === undefined || standingOf(previous) !== standingOf(object))
          this.#sweep.request();
      }),
      members.onEvent(({ key }) => {
        this.#tellIfReached(key);
      }),
      slices.onEvent(({ object }) => {
        for (const key of serviceOfSlice(object)) this.#tellIfReached(key);
      }),
      reach.onChange((key) => {
        this.#tellIfReached(key);
      }),
      members.onCluster(changed),
      slices.onCluster(changed),
    ];
    ready();
    await aborted(signal);
    for (const remove of removals) remove();
    this.#review?.cancel();
    this.#sweep.end();
  }

  #candidates(service: Service): readonly Candidate[] {
    const key = keyOf(service);
    const before = new Map(
      parseServiceIngresses(service.metadata.annotations?.[annotations.serviceIngresses]).map(
        ({ cluster, items }) => [cluster, items] as const,
      ),
    );
    const { clusters, reach } = this.#deps;
    const isJudged = isJudgedByItself(service);
    return clusters.lister.list().map((cluster) => {
      const { name = '' } = cluster.metadata;
      const isCutOff = isJudged && reach.isLost(name, key);
      return { cluster, seen: this.#seenIn(cluster, key, before.get(name) ?? []), isCutOff };
    });
  }

  #seenIn(cluster: Cluster, key: string, before: readonly LoadBalancerIngress[]): Seen {
    const { members, slices } = this.#deps;
    const name = cluster.metadata.name ?? '';
    if (isLost(cluster)) this.#seen.delete(name);
    // Out of our sight, though not out of that of its clients: what we saw last is the best there is.
    else if (isOffline(cluster)) {
      const isKnown = members.synced(name) && slices.synced(name);
      return isKnown ? this.#knownIn(name, key) : { kind: 'unsettled', ingress: before };
    } else if (members.connected(name) && slices.connected(name)) this.#seen.add(name);
    return this.#seen.has(name) ? this.#knownIn(name, key) : { kind: 'unsettled', ingress: before };
  }

  #knownIn(cluster: string, key: string): Seen {
    const ingress = addressesOfShard(this.#deps.members.get(cluster, key));
    if (ingress.length === 0) return { kind: 'known', ingress, healthy: false };
    const endpoints = this.#countEndpoints(cluster, key);
    return { kind: 'known', ingress, healthy: endpoints.ready > 0, endpoints };
  }

  #countEndpoints(cluster: string, key: string): EndpointCounts {
    let ready = 0;
    let total = 0;
    for (const { endpoints = [] } of this.#deps.slices.byIndex(cluster, SLICES_BY_SERVICE, key)) {
      for (const { conditions } of endpoints) {
        const { ready: isReady = true, terminating = false } = conditions ?? {};
        if (isReady) ready++;
        if (isReady || !terminating) total++;
      }
    }
    return { ready, total };
  }

  #reviewAt(at: number): void {
    const { clock } = this.#deps;
    if (this.#review !== undefined && this.#review.at <= at) return;
    this.#review?.cancel();
    const cancel = clock.after(at - clock.now(), () => {
      this.#review = undefined;
      this.#sweep.request();
    });
    this.#review = { at, cancel };
  }

  /** Most Services have no address for which their shards could count. */
  #tellIfReached(key: string): void {
    const service = this.#deps.services.lister.get(key);
    if (service !== undefined && isReached(service)) this.#tell(key);
  }

  #tell(key: string): void {
    for (const handler of this.#handlers) handler(key);
  }
}

/** It is not about to go, and is of the type that clients outside use. */
export function takesClients({ metadata, spec }: Service): boolean {
  return metadata.deletionTimestamp === undefined && spec?.type === 'LoadBalancer';
}

/** Clients come to it by its shards, or did so: what was said of that may have to be taken back. */
export function isReached({ spec, status, metadata }: Service): boolean {
  return (
    spec?.type === 'LoadBalancer' ||
    metadata.annotations?.[annotations.serviceIngresses] !== undefined ||
    (status?.loadBalancer?.ingress ?? []).length > 0
  );
}

/** What of a Cluster decides where clients go. */
function standingOf(cluster: Cluster): string {
  const reach = clusterCondition(cluster, 'ClientsReachable');
  return JSON.stringify([
    isOffline(cluster),
    reach?.status,
    reach?.lastTransitionTime,
    cluster.spec?.withdrawn === true,
  ]);
}

/** A load balancer that is being taken down may keep its shard for minutes: clients have to leave it before. */
function addressesOfShard(shard: Service | undefined): readonly LoadBalancerIngress[] {
  if (shard === undefined || shard.metadata.deletionTimestamp !== undefined) return [];
  return shard.status?.loadBalancer?.ingress ?? [];
}
