import type { KubeObject } from '../../../src/apimachinery/index.ts';
import { services, withAllocationsOf, type Service } from '../../../src/apis/index.ts';
import type { AdmissionPlugin } from '../../../src/apiserver/index.ts';
import type { InformerSet } from '../../../src/controller/index.ts';
import type { AddressPlan } from '../address-plan.ts';
import { NumberPool, Reservation } from './number-pool.ts';
import { NODE_PORTS, withNodePorts } from './node-ports.ts';
import { withClusterIp } from './cluster-ip.ts';

export interface ServiceAllocatorOptions {
  /** What is in use is learnt from the Services that there are. */
  readonly informers: InformerSet;
  readonly plan: AddressPlan;
  readonly random: () => number;
}

/** Below this cluster IPs are for those who ask for one by name. */
const FIRST_DYNAMIC_SERVICE = 256;

/** What a Service holds of both pools. */
interface Holdings {
  readonly addresses: ReadonlySet<number>;
  readonly nodePorts: ReadonlySet<number>;
}

/**
 * Gives Services their cluster IP and node ports. A number is taken before the write that uses it and released when
 * that write fails, or when the API says that the Service has it no more: no two Services ever get the same.
 */
export function serviceAllocator({ informers, plan, random }: ServiceAllocatorOptions): AdmissionPlugin {
  const addresses = new NumberPool({ from: 1, to: plan.serviceCount, dynamicFrom: FIRST_DYNAMIC_SERVICE }, random);
  const nodePorts = new NumberPool(NODE_PORTS, random);
  const attempts = new WeakMap<object, readonly Reservation[]>();
  informers.of(services).onEvent(({ type, object, previous }) => {
    const held = holdingsOf(plan, type === 'delete' ? undefined : object);
    const had = holdingsOf(plan, type === 'delete' ? object : previous);
    for (const number of held.addresses) addresses.take(number);
    for (const number of held.nodePorts) nodePorts.take(number);
    for (const number of had.addresses.difference(held.addresses)) addresses.release(number);
    for (const number of had.nodePorts.difference(held.nodePorts)) nodePorts.release(number);
  });
  return {
    name: 'ServiceAllocator',
    handles: ({ resource, subresource, operation }) =>
      resource.group === '' && resource.plural === 'services' && subresource === undefined && operation !== 'DELETE',
    async mutate({ attempt, object, oldObject, dryRun }, signal) {
      await informers.synced(signal);
      const old = oldObject === undefined ? undefined : serviceOf(oldObject);
      const held = holdingsOf(plan, old);
      const ips = new Reservation(addresses, held.addresses);
      const ports = new Reservation(nodePorts, held.nodePorts);
      attempts.set(attempt, [ips, ports]);
      const wanted = serviceOf(object);
      const kept = old === undefined ? wanted : withAllocationsOf(wanted, old);
      const allocated = withNodePorts(withClusterIp(kept, plan, ips), ports);
      if (dryRun) for (const reservation of [ips, ports]) reservation.release();
      return allocated;
    },
    rolledBack({ attempt }) {
      for (const reservation of attempts.get(attempt) ?? []) reservation.release();
    },
  };
}

function serviceOf(object: (KubeObject & Pick<Service, 'spec'>) | undefined): Service {
  if (object === undefined) throw new TypeError('a write has an object');
  // @NOTE the plugin handles nothing but Services.
  return object;
}

function holdingsOf(plan: AddressPlan, service: Service | undefined): Holdings {
  const { clusterIP = '', ports = [], healthCheckNodePort = 0 } = service?.spec ?? {};
  const number = plan.serviceNumber(clusterIP);
  const nodePorts = [...ports.map(({ nodePort = 0 }) => nodePort), healthCheckNodePort];
  return {
    addresses: new Set(number === undefined ? [] : [number]),
    nodePorts: new Set(nodePorts.filter((port) => port !== 0)),
  };
}
