import { isIPv6 } from 'node:net';
import type { Endpoint, EndpointSlice, Service } from '../../src/apis/index.ts';
import type { ClusterView } from './cluster-view.ts';

/** One address behind a Service, by the name that it has below the Service's. */
export interface NamedEndpoint {
  readonly label: string;
  readonly address: string;
  readonly ports: NonNullable<EndpointSlice['ports']>;
}

/** Those that may be given to clients. */
export function readyEndpoints(view: ClusterView, service: Service): NamedEndpoint[] {
  const publishAll = service.spec?.publishNotReadyAddresses === true;
  return view.slices(service).flatMap(({ endpoints = [], ports = [], addressType }) => {
    if (addressType !== 'IPv4' && addressType !== 'IPv6') return [];
    return endpoints
      .filter((endpoint) => publishAll || isReady(endpoint))
      .flatMap(({ addresses, hostname }) =>
        addresses.map((address) => ({ label: hostname ?? labelOfAddress(address), address, ports })),
      );
  });
}

/** Unknown is ready. */
const isReady = ({ conditions }: Endpoint): boolean => conditions?.ready !== false;

/** `10-1-2-3`. */
export const labelOfAddress = (address: string): string => address.replaceAll(/[.:]/g, '-');

/** The addresses of one family, each once. */
export function addressesOf(all: readonly string[], type: 'A' | 'AAAA'): string[] {
  return [...new Set(all)].filter((address) => isIPv6(address) === (type === 'AAAA')).sort();
}

/** Absent, `None` or empty: without an address of its own. */
export function isHeadless({ spec }: Service): boolean {
  return clusterIPs(spec).length === 0;
}

export function clusterIPs(spec: Service['spec']): readonly string[] {
  const all = spec?.clusterIPs ?? (spec?.clusterIP === undefined ? [] : [spec.clusterIP]);
  return all.filter((address) => address !== '' && address !== 'None');
}
