import type { EndpointSlice, Service } from '../../src/apis/index.ts';
import type { DnsConfig } from './config/dns-config.ts';

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
  /** A pod of the namespace has this address. */
  hasPod(namespace: string, address: string): boolean;
  readonly config: Pick<DnsConfig, 'federations' | 'hosts' | 'pods' | 'serviceTtlSeconds'>;
  readonly location: Location;
}
