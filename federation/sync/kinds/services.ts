import { deepEqual } from '../../../src/apimachinery/index.ts';
import { services as resource, type Service, type ServicePort, type ServiceSpec } from '../../../src/apis/index.ts';
import { ranks, type FederatedType } from '../federated-type.ts';
import { hasAll } from '../owned-fields.ts';
import { isInSystemNamespace } from './propagation.ts';

/** The copy of a Service in one member is called a shard. Addresses and node ports are each member's own. */
export const services: FederatedType<Service> = {
  resource,
  rank: ranks.workload,
  stays: (object) =>
    isInSystemNamespace(object) || (object.metadata.namespace === 'default' && object.metadata.name === 'kubernetes'),
  toMember: ({ status: _own, ...shard }) => shard,
  retain: (desired, member) => ({ ...desired, spec: retained(desired.spec ?? {}, member.spec ?? {}) }),
  equivalent: (desired, member) =>
    hasAll(member.spec, retained(desired.spec ?? {}, member.spec ?? {})) &&
    deepEqual(desired.spec?.selector ?? {}, member.spec?.selector ?? {}),
};

function retained(desired: ServiceSpec, member: ServiceSpec): ServiceSpec {
  const type = desired.type ?? 'ClusterIP';
  if (type === 'ExternalName') return desired;
  const addresses = member.type === 'ExternalName' ? {} : allocated(desired, member);
  if (type === 'ClusterIP') return { ...desired, ...addresses };
  return {
    ...desired,
    ...addresses,
    ...(desired.ports === undefined ? {} : { ports: withNodePorts(desired.ports, member.ports ?? []) }),
    ...(type === 'LoadBalancer' ? balanced(desired, member) : {}),
  };
}

function allocated(desired: ServiceSpec, member: ServiceSpec): Partial<ServiceSpec> {
  const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy, externalIPs } = member;
  return {
    ...(isUnset(desired.clusterIP) && clusterIP !== undefined ? { clusterIP } : {}),
    ...(isUnset(desired.clusterIP) && clusterIPs !== undefined ? { clusterIPs } : {}),
    ...(desired.ipFamilies === undefined && ipFamilies !== undefined ? { ipFamilies } : {}),
    ...(desired.ipFamilyPolicy === undefined && ipFamilyPolicy !== undefined ? { ipFamilyPolicy } : {}),
    ...(desired.externalIPs === undefined && externalIPs !== undefined ? { externalIPs } : {}),
  };
}

function balanced(desired: ServiceSpec, member: ServiceSpec): Partial<ServiceSpec> {
  const { loadBalancerClass, healthCheckNodePort } = member;
  const isLocal = desired.externalTrafficPolicy === 'Local';
  return {
    ...(desired.loadBalancerClass === undefined && loadBalancerClass !== undefined ? { loadBalancerClass } : {}),
    ...(isLocal && isUnset(desired.healthCheckNodePort) && !isUnset(healthCheckNodePort)
      ? { healthCheckNodePort: healthCheckNodePort ?? 0 }
      : {}),
  };
}

/** A port is the same one by name, protocol and number, wherever it stands in the list. */
function withNodePorts(desired: readonly ServicePort[], member: readonly ServicePort[]): readonly ServicePort[] {
  const nodePorts = new Map(member.map((port) => [identityOf(port), port.nodePort]));
  return desired.map((port) => {
    const nodePort = nodePorts.get(identityOf(port));
    return isUnset(port.nodePort) && nodePort !== undefined ? { ...port, nodePort } : port;
  });
}

const identityOf = ({ name = '', protocol = 'TCP', port }: ServicePort) => `${name}/${protocol}/${port}`;

function isUnset(value: string | number | undefined): boolean {
  return value === undefined || value === '' || value === 0;
}
