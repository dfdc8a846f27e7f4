import type { EndpointSlice, Service } from '../../src/apis/index.ts';

/** Where this cluster is, as its nodes' labels tell. */
export interface Location {
  readonly zone?: string;
  readonly region?: string;
}

/** What the names of a cluster are made of, at one moment. */
export interface ClusterView {
  /** Such as `cluster.local`. */
  readonly domain: string;
  service(namespace: string, name: string): Service | undefined;
  hasNamespace(namespace: string): boolean;
  slices(service: Service): readonly EndpointSlice[];
  servicesAt(address: string): readonly Service[];
  /** The slices that have this address among their endpoints. */
  slicesAt(address: string): readonly EndpointSlice[];
  serviceOf(slice: EndpointSlice): Service | undefined;
  /** Federation name to the domain in which that federation publishes. */
  readonly federations: ReadonlyMap<string, string>;
  readonly location: Location;
}
