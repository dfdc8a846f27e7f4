import type { ServiceSpec } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

type Spec = Sent<ServiceSpec>;

export function needsClusterIp({ type }: Spec): boolean {
  return type !== 'ExternalName';
}

export function needsNodePorts({ type, allocateLoadBalancerNodePorts }: Spec): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
}

export function needsHealthCheckNodePort({ type, externalTrafficPolicy }: Spec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

export function isHeadless({ clusterIP }: Spec): boolean {
  return clusterIP === 'None';
}

export function isReachedFromOutside({ type, externalIPs = [] }: Spec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && externalIPs.length > 0);
}
