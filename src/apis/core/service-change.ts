import { deepEqual } from '../../apimachinery/index.ts';
import type { Service, ServicePort, ServiceSpec } from '../generated/wire-types.ts';
import { isReachedFromOutside, needsClusterIp, needsHealthCheckNodePort, needsNodePorts } from './service-type.ts';

/**
 * What was allocated for a Service stays with it when a client's change leaves it out: addresses and node ports.
 * Allocators in admission call this before they look for what is missing.
 */
export function withAllocationsOf(service: Service, old: Service): Service {
  const { spec = {} } = service;
  const { spec: before = {} } = old;
  const both = (needs: (of: ServiceSpec) => boolean) => needs(spec) && needs(before);
  return {
    ...service,
    spec: {
      ...spec,
      ...(both(needsClusterIp) ? clusterIpsOf(spec, before) : {}),
      ...(both(needsNodePorts) ? withNodePortsOf(spec, before) : {}),
      ...(both(needsHealthCheckNodePort) ? healthCheckNodePortOf(spec, before) : {}),
    },
  };
}

const ADDRESS_FIELDS = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const;

function clusterIpsOf(spec: ServiceSpec, before: ServiceSpec): Partial<ServiceSpec> {
  const clusterIP = spec.clusterIP ?? '';
  if (clusterIP !== '' && clusterIP !== before.clusterIP) return bothChanged(spec, before);
  const missing = ADDRESS_FIELDS.filter((field) => spec[field] === undefined || spec[field].length === 0);
  return pick(before, missing);
}

/** Who changes the one field and leaves the other as it was knows nothing of it. */
function bothChanged({ clusterIP = '', clusterIPs }: ServiceSpec, before: ServiceSpec): Partial<ServiceSpec> {
  return deepEqual(clusterIPs, before.clusterIPs) ? { clusterIPs: [clusterIP, ...(clusterIPs ?? []).slice(1)] } : {};
}

function withNodePortsOf({ ports }: ServiceSpec, before: ServiceSpec): Partial<ServiceSpec> {
  if (ports === undefined) return {};
  const taken = new Set(ports.map(({ nodePort }) => nodePort));
  const withNodePort = (port: ServicePort): ServicePort => {
    if ((port.nodePort ?? 0) !== 0) return port;
    const same = before.ports?.find((old) => old.port === port.port && old.protocol === port.protocol);
    if (same?.nodePort === undefined || taken.has(same.nodePort)) return port;
    return { ...port, nodePort: same.nodePort };
  };
  return { ports: ports.map(withNodePort) };
}

function healthCheckNodePortOf({ healthCheckNodePort = 0 }: ServiceSpec, before: ServiceSpec): Partial<ServiceSpec> {
  return healthCheckNodePort === 0 ? pick(before, ['healthCheckNodePort']) : {};
}

/** After a change of type, fields that only the old type had go, unless the client changed them as well. */
export function withoutFieldsOfOldType(service: Service, old: Service): Service {
  const { spec = {} } = service;
  const { spec: before = {} } = old;
  const lost = (needs: (of: ServiceSpec) => boolean) => needs(before) && !needs(spec);
  const isBalanced = ({ type }: ServiceSpec) => type === 'LoadBalancer';
  const dropped: readonly (keyof ServiceSpec)[] = [
    ...(lost(needsClusterIp) ? [...ADDRESS_FIELDS, 'internalTrafficPolicy' as const] : []),
    ...(lost(needsHealthCheckNodePort) ? (['healthCheckNodePort'] as const) : []),
    ...(lost(isReachedFromOutside) ? (['externalTrafficPolicy'] as const) : []),
    ...(lost(isBalanced) ? (['allocateLoadBalancerNodePorts', 'loadBalancerClass'] as const) : []),
  ];
  const unchanged = new Set<string>(dropped.filter((field) => deepEqual(spec[field], before[field])));
  const kept: ServiceSpec = Object.fromEntries(Object.entries(spec).filter(([field]) => !unchanged.has(field)));
  return { ...service, spec: lost(needsNodePorts) ? withoutNodePortsOf(kept, before) : kept };
}

function withoutNodePortsOf(spec: ServiceSpec, before: ServiceSpec): ServiceSpec {
  if (spec.ports === undefined) return spec;
  const old = new Set((before.ports ?? []).map(({ nodePort }) => nodePort));
  const ports = spec.ports.map(({ nodePort, ...port }) =>
    nodePort === undefined || old.has(nodePort) ? port : { ...port, nodePort },
  );
  return { ...spec, ports };
}

function pick(spec: ServiceSpec, fields: readonly (keyof ServiceSpec)[]): Partial<ServiceSpec> {
  return Object.fromEntries(fields.filter((field) => spec[field] !== undefined).map((field) => [field, spec[field]]));
}
