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
  return {
    ...service,
    spec: {
      ...spec,
      ...(needsClusterIp(spec) && needsClusterIp(before) ? clusterIpsOf(spec, before) : {}),
      ...(needsNodePorts(spec) && needsNodePorts(before) && spec.ports !== undefined
        ? { ports: withNodePortsOf(spec.ports, before.ports ?? []) }
        : {}),
      ...(needsHealthCheckNodePort(spec) && needsHealthCheckNodePort(before) && (spec.healthCheckNodePort ?? 0) === 0
        ? pick(before, ['healthCheckNodePort'])
        : {}),
    },
  };
}

const ADDRESS_FIELDS = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const;

function clusterIpsOf(spec: ServiceSpec, before: ServiceSpec): Partial<ServiceSpec> {
  const clusterIP = spec.clusterIP ?? '';
  if (clusterIP !== '' && clusterIP !== before.clusterIP) return {};
  const missing = ADDRESS_FIELDS.filter((field) => spec[field] === undefined || spec[field].length === 0);
  return pick(before, missing);
}

function withNodePortsOf(ports: readonly ServicePort[], before: readonly ServicePort[]): readonly ServicePort[] {
  const taken = new Set(ports.map(({ nodePort }) => nodePort));
  return ports.map((port) => {
    if ((port.nodePort ?? 0) !== 0) return port;
    const same = before.find((candidate) => candidate.port === port.port && candidate.protocol === port.protocol);
    if (same?.nodePort === undefined || taken.has(same.nodePort)) return port;
    return { ...port, nodePort: same.nodePort };
  });
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

function pick<Field extends keyof ServiceSpec>(spec: ServiceSpec, fields: readonly Field[]): Partial<ServiceSpec> {
  return Object.fromEntries(fields.filter((field) => spec[field] !== undefined).map((field) => [field, spec[field]]));
}
