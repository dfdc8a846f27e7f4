import { keyOf } from '../../src/apimachinery/index.ts';
import type { EndpointSlice, LoadBalancerIngress, Service } from '../../src/apis/index.ts';
import { aborted, type Runnable } from '../../src/component-base/index.ts';
import type { Informer } from '../../src/controller/index.ts';
import { annotations, isOffline, type Cluster } from '../apis/index.ts';
import type { ClusterChange, FederatedInformer } from '../cluster/index.ts';
import { addressesOf, parseServiceIngresses } from './service-ingresses.ts';

/** A shard to which clients may be sent. */
export interface ReachableShard {
  readonly cluster: string;
  /** IP addresses and host names. */
  readonly addresses: readonly string[];
}

/** What is known of one member's shard. */
export type ShardState =
  | { readonly kind: 'known'; readonly ingress: readonly LoadBalancerIngress[]; readonly healthy: boolean }
  /** The cluster is out of sight, beyond doubt. */
  | { readonly kind: 'offline' }
  /** The cluster has not told yet: what was said of it before still counts. */
  | { readonly kind: 'unsettled'; readonly ingress: readonly LoadBalancerIngress[] };

export interface ShardHealthDeps {
  readonly services: Informer<Service>;
  readonly clusters: Informer<Cluster>;
  /** The shards. */
  readonly members: FederatedInformer<Service>;
  /** With the index `serviceOfSlice`. */
  readonly slices: FederatedInformer<EndpointSlice>;
}

export const SLICES_BY_SERVICE = 'service';
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
 * Knows of every shard whether it serves: its member is trusted to be reachable, its load balancer has an address, and
 * at least one endpoint is ready behind it. A member that was offline is trusted again only when its state has been
 * seen anew; a connection that merely breaks changes nothing.
 */
export class ShardHealth implements Runnable {
  readonly name = 'shard-health';
  readonly #deps: ShardHealthDeps;
  readonly #handlers = new Set<(key: string) => void>();
  /** Clusters whose state has been seen since they were last offline. */
  readonly #seen = new Set<string>();

  constructor(deps: ShardHealthDeps) {
    this.#deps = deps;
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
    const key = keyOf(service);
    const before = new Map(
      parseServiceIngresses(service.metadata.annotations?.[annotations.serviceIngresses]).map(
        ({ cluster, items }) => [cluster, items] as const,
      ),
    );
    const states = new Map<string, ShardState>();
    for (const cluster of this.#deps.clusters.lister.list()) {
      const name = cluster.metadata.name ?? '';
      states.set(name, this.#stateIn(cluster, key, before.get(name) ?? []));
    }
    return states;
  }

  /** Where clients of a Service may go; nowhere once it is being deleted or is no longer of type LoadBalancer. */
  reachable(service: Service): readonly ReachableShard[] {
    if (service.metadata.deletionTimestamp !== undefined || service.spec?.type !== 'LoadBalancer') return [];
    const shards: ReachableShard[] = [];
    for (const [cluster, state] of this.states(service)) {
      const counts = state.kind === 'unsettled' || (state.kind === 'known' && state.healthy);
      const addresses = counts ? addressesOf(state.ingress) : [];
      if (addresses.length > 0) shards.push({ cluster, addresses });
    }
    return shards;
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { services, clusters, members, slices } = this.#deps;
    const all = () => {
      for (const service of services.lister.list()) this.#tell(keyOf(service));
    };
    const changed = (cluster: string, change: ClusterChange) => {
      // Its cache is gone, perhaps only until its credentials are back.
      if (change === 'removed') this.#seen.delete(cluster);
      all();
    };
    const removals = [
      services.onEvent(({ key }) => {
        this.#tell(key);
      }),
      clusters.onEvent(({ type, key, object, previous }) => {
        if (type === 'delete' || isOffline(object)) this.#seen.delete(key);
        // A probe that found nothing new is not worth a look at every Service.
        if (type !== 'update' || previous === undefined || isOffline(previous) !== isOffline(object)) all();
      }),
      members.onEvent(({ key }) => {
        this.#tell(key);
      }),
      slices.onEvent(({ object }) => {
        for (const key of serviceOfSlice(object)) if (services.lister.get(key) !== undefined) this.#tell(key);
      }),
      members.onCluster(changed),
      slices.onCluster(changed),
    ];
    ready();
    await aborted(signal);
    for (const remove of removals) remove();
  }

  #stateIn(cluster: Cluster, key: string, before: readonly LoadBalancerIngress[]): ShardState {
    const { members, slices } = this.#deps;
    const name = cluster.metadata.name ?? '';
    if (isOffline(cluster)) {
      this.#seen.delete(name);
      return { kind: 'offline' };
    }
    if (members.connected(name) && slices.connected(name)) this.#seen.add(name);
    if (!this.#seen.has(name)) return { kind: 'unsettled', ingress: before };

    const ingress = addressesOfShard(members.get(name, key));
    return { kind: 'known', ingress, healthy: ingress.length > 0 && this.#hasReadyEndpoint(name, key) };
  }

  #hasReadyEndpoint(cluster: string, key: string): boolean {
    return this.#deps.slices
      .byIndex(cluster, SLICES_BY_SERVICE, key)
      .some(({ endpoints = [] }) => endpoints.some(({ conditions }) => conditions?.ready !== false));
  }

  #tell(key: string): void {
    for (const handler of this.#handlers) handler(key);
  }
}

/** A load balancer that is being taken down may keep its shard for minutes: clients have to leave it before. */
function addressesOfShard(shard: Service | undefined): readonly LoadBalancerIngress[] {
  if (shard === undefined || shard.metadata.deletionTimestamp !== undefined) return [];
  return shard.status?.loadBalancer?.ingress ?? [];
}
