import { internalError } from '../../../src/apimachinery/index.ts';
import type { Service, ServicePort, ServiceSpec } from '../../../src/apis/index.ts';
import { refused } from './cluster-ip.ts';
import type { Reservation } from './number-pool.ts';

/** Below `dynamicFrom` they are for those who ask for one by name. */
export const NODE_PORTS = { from: 30_000, to: 32_767, dynamicFrom: 30_086 };

/** The Service with a node port for each port, where its type has them. */
export function withNodePorts(service: Service, nodePorts: Reservation): Service {
  const { spec } = service;
  if (spec?.type !== 'NodePort' && spec?.type !== 'LoadBalancer') return service;
  const { type, ports = [] } = spec;
  for (const [index, port] of ports.entries()) claim(service, port, index, nodePorts);
  const fills = type === 'NodePort' || spec.allocateLoadBalancerNodePorts !== false;
  return {
    ...service,
    spec: {
      ...spec,
      ports: fills ? filled(ports, nodePorts) : ports,
      ...(lacksHealthCheck(spec) ? { healthCheckNodePort: anyPort(nodePorts) } : {}),
    },
  };
}

function lacksHealthCheck({ type, externalTrafficPolicy, healthCheckNodePort = 0 }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local' && healthCheckNodePort === 0;
}

function claim(service: Service, { nodePort = 0 }: ServicePort, index: number, nodePorts: Reservation): void {
  if (nodePort === 0 || (nodePorts.contains(nodePort) && nodePorts.claim(nodePort))) return;
  const why = nodePorts.contains(nodePort)
    ? 'provided port is already allocated'
    : `provided port is not in the valid range. The range of valid ports is ${NODE_PORTS.from}-${NODE_PORTS.to}`;
  throw refused(service, `spec.ports[${index}].nodePort`, nodePort, why);
}

/** A port that is spoken over both TCP and UDP has one node port for both. */
function filled(ports: readonly ServicePort[], nodePorts: Reservation): readonly ServicePort[] {
  const byPort = new Map<number, number>();
  for (const { port, nodePort = 0 } of ports) if (nodePort !== 0) byPort.set(port, nodePort);
  return ports.map((port) => {
    if ((port.nodePort ?? 0) !== 0) return port;
    const nodePort = byPort.get(port.port) ?? anyPort(nodePorts);
    byPort.set(port.port, nodePort);
    return { ...port, nodePort };
  });
}

function anyPort(nodePorts: Reservation): number {
  const port = nodePorts.allocate();
  if (port === undefined) throw internalError(new Error('failed to allocate a nodePort: range is full'));
  return port;
}
