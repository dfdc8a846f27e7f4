import type { Service, ServicePort, ServiceSpec } from '../generated/wire-types.ts';
import { isReachedFromOutside, needsClusterIp } from './service-type.ts';

const CLIENT_IP_TIMEOUT_SECONDS = 10_800;

export function serviceDefaults(service: Service): Service {
  const spec = { type: 'ClusterIP', sessionAffinity: 'None', ...service.spec };
  return {
    ...withIpModes(service, spec.type),
    spec: {
      ...withoutUselessAffinity(spec),
      ...(spec.ports === undefined ? {} : { ports: spec.ports.map(withPortDefaults) }),
      ...trafficDefaults(spec),
      ...addressDefaults(spec),
      ...(spec.sessionAffinity === 'ClientIP' ? { sessionAffinityConfig: affinityConfig(spec) } : {}),
    },
  };
}

function withIpModes(service: Service, type: string): Service {
  const { status } = service;
  const ingress = status?.loadBalancer?.ingress;
  if (type !== 'LoadBalancer' || ingress === undefined) return service;
  const complete = ingress.map((way) => ((way.ip ?? '') === '' ? way : { ipMode: 'VIP', ...way }));
  return { ...service, status: { ...status, loadBalancer: { ...status?.loadBalancer, ingress: complete } } };
}

function withoutUselessAffinity({ sessionAffinityConfig, ...spec }: ServiceSpec): ServiceSpec {
  const isUsed = sessionAffinityConfig !== undefined && spec.sessionAffinity !== 'None';
  return isUsed ? { ...spec, sessionAffinityConfig } : spec;
}

function affinityConfig({ sessionAffinityConfig }: ServiceSpec): NonNullable<ServiceSpec['sessionAffinityConfig']> {
  return { clientIP: { timeoutSeconds: CLIENT_IP_TIMEOUT_SECONDS, ...sessionAffinityConfig?.clientIP } };
}

function withPortDefaults(port: ServicePort): ServicePort {
  const { targetPort = 0 } = port;
  return { protocol: 'TCP', ...port, targetPort: targetPort === 0 || targetPort === '' ? port.port : targetPort };
}

function trafficDefaults(spec: ServiceSpec): Partial<ServiceSpec> {
  const { externalTrafficPolicy = 'Cluster', internalTrafficPolicy = 'Cluster' } = spec;
  return {
    ...(isReachedFromOutside(spec) ? { externalTrafficPolicy } : {}),
    ...(needsClusterIp(spec) ? { internalTrafficPolicy } : {}),
    ...(spec.type === 'LoadBalancer'
      ? { allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts ?? true }
      : {}),
  };
}

/** One address may be told in two ways. Whoever gives out addresses knows their families. */
function addressDefaults(spec: ServiceSpec): Partial<ServiceSpec> {
  const { clusterIP = '' } = spec;
  return clusterIP === '' || !needsClusterIp(spec) ? {} : { clusterIPs: spec.clusterIPs ?? [clusterIP] };
}
