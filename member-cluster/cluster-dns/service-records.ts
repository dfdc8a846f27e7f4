import type { Service } from '../../src/apis/index.ts';
import type { RecordSet } from '../../dns/server/index.ts';
import type { ClusterView } from './cluster-view.ts';
import { addressesOf, clusterIPs, isHeadless, readyEndpoints, type NamedEndpoint } from './endpoints.ts';

/** Addresses of pods come and go, sooner than those of Services. */
const MAX_ENDPOINT_TTL_SECONDS = 5;

export function endpointTtl({ config }: ClusterView): number {
  return Math.min(MAX_ENDPOINT_TTL_SECONDS, config.serviceTtlSeconds);
}

/** `<service>.<namespace>.svc` */
export function serviceRecords(view: ClusterView, service: Service, name: string): RecordSet[] {
  const { type, externalName = '' } = service.spec ?? {};
  if (type === 'ExternalName') {
    const target = externalName.toLowerCase().replace(/\.$/, '');
    return [{ name, type: 'CNAME', ttlSeconds: view.config.serviceTtlSeconds, data: [target] }];
  }
  if (!isHeadless(service)) return addressRecords(name, clusterIPs(service.spec), view.config.serviceTtlSeconds);
  const addresses = readyEndpoints(view, service).map(({ address }) => address);
  return addressRecords(name, addresses, endpointTtl(view));
}

/** `<endpoint>.<service>.<namespace>.svc`; undefined when there is no such endpoint. */
export function endpointRecords(view: ClusterView, service: Service, label: string, name: string) {
  if (!isHeadless(service)) return undefined;
  const named = readyEndpoints(view, service).filter((endpoint) => endpoint.label === label);
  if (named.length === 0) return undefined;
  const addresses = named.map(({ address }) => address);
  return addressRecords(name, addresses, endpointTtl(view));
}

/** `_<port>._<protocol>.<service>.<namespace>.svc`; undefined when the Service has no such port. */
export function portRecords(
  view: ClusterView,
  service: Service,
  port: { readonly portName: string; readonly protocol: string },
  name: string,
): RecordSet[] | undefined {
  const { portName, protocol } = port;
  const matches = (candidate: { readonly name?: string; readonly protocol?: string }) =>
    candidate.name === portName && (candidate.protocol ?? 'TCP').toLowerCase() === protocol;
  const declared = service.spec?.ports?.find(matches);
  if (declared === undefined || service.spec?.type === 'ExternalName') return undefined;

  const own = serviceName(view, service);
  if (!isHeadless(service)) return [srv(name, view.config.serviceTtlSeconds, [`0 100 ${declared.port} ${own}`])];
  const targets = readyEndpoints(view, service).flatMap(({ label, ports }) => {
    const number = ports.find(matches)?.port;
    return number === undefined ? [] : [`0 100 ${number} ${label}.${own}`];
  });
  return targets.length === 0 ? [] : [srv(name, endpointTtl(view), targets)];
}

/** `_tcp.<service>.<namespace>.svc` exists as soon as a name below it does. */
export function hasPortsOf({ spec }: Service, protocol: string): boolean {
  return spec?.ports?.some((port) => port.name !== undefined && protocolOf(port) === protocol) === true;
}

const protocolOf = ({ protocol = 'TCP' }: { readonly protocol?: string }) => protocol.toLowerCase();

/** The names of an address: of the Service that has it, or of the endpoints of headless Services that do. */
export function namesOfAddress(view: ClusterView, address: string): string[] {
  const services = view.servicesAt(address).map((service) => serviceName(view, service));
  if (services.length > 0) return services;
  const told = [...view.config.hosts].filter(([, addresses]) => addresses.includes(address)).map(([host]) => host);
  if (told.length > 0) return told;
  const names = view.slicesAt(address).flatMap((slice) => {
    const service = view.serviceOf(slice);
    if (service === undefined || !isHeadless(service)) return [];
    return readyEndpoints(view, service)
      .filter((endpoint: NamedEndpoint) => endpoint.address === address)
      .map(({ label }) => `${label}.${serviceName(view, service)}`);
  });
  return [...new Set(names)].sort();
}

export function serviceName({ domain }: ClusterView, { metadata }: Service): string {
  return `${metadata.name ?? ''}.${metadata.namespace ?? ''}.svc.${domain}`;
}

export function addressRecords(name: string, addresses: readonly string[], ttlSeconds: number): RecordSet[] {
  return (['A', 'AAAA'] as const).flatMap((type) => {
    const data = addressesOf(addresses, type);
    return data.length === 0 ? [] : [{ name, type, ttlSeconds, data }];
  });
}

function srv(name: string, ttlSeconds: number, targets: readonly string[]): RecordSet {
  return { name, type: 'SRV', ttlSeconds, data: [...new Set(targets)].sort() };
}
