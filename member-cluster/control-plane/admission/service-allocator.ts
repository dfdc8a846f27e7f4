import { internalError, type KubeObject } from '../../../src/apimachinery/index.ts';
import { services, withAllocationsOf, type Service } from '../../../src/apis/index.ts';
import type { AdmissionPlugin } from '../../../src/apiserver/index.ts';
import type { Logger } from '../../../src/component-base/index.ts';
import type { InformerSet } from '../../../src/controller/index.ts';
import type { AddressPlan } from '../address-plan.ts';
import type { NumberClaims, NumberRange } from './number-claims.ts';
import { NumberPool, Reservation } from './number-pool.ts';
import { NODE_PORTS, withNodePorts } from './node-ports.ts';
import { withClusterIp } from './cluster-ip.ts';

export interface ServiceAllocatorOptions {
  /** What is in use is learnt from the Services that there are. */
  readonly informers: InformerSet;
  readonly plan: AddressPlan;
  readonly random: () => number;
  readonly claims: NumberClaims;
  readonly log: Logger;
}

/** Below this cluster IPs are for those who ask for one by name. */
const FIRST_DYNAMIC_SERVICE = 256;

/** More than API servers that give out numbers at the same moment. */
const MAX_ROUNDS = 16;

/** What a Service holds of both pools. */
interface Holdings {
  readonly addresses: ReadonlySet<number>;
  readonly nodePorts: ReadonlySet<number>;
}

/**
 * Gives Services their cluster IP and node ports. A number is taken before the write that uses it and released when
 * that write fails, or when the API says that the Service has it no more: no two Services ever get the same.
 * Between API servers of one storage the claims decide.
 */
export function serviceAllocator({ informers, plan, random, claims, log }: ServiceAllocatorOptions): AdmissionPlugin {
  const addresses = new NumberPool({ from: 1, to: plan.serviceCount, dynamicFrom: FIRST_DYNAMIC_SERVICE }, random);
  const nodePorts = new NumberPool(NODE_PORTS, random);
  const attempts = new WeakMap<object, readonly Reservation[]>();
  informers.of(services).onEvent(({ type, object, previous }) => {
    const held = holdingsOf(plan, type === 'delete' ? undefined : object);
    const had = holdingsOf(plan, type === 'delete' ? object : previous);
    for (const number of held.addresses) addresses.take(number);
    for (const number of held.nodePorts) nodePorts.take(number);
    for (const number of had.addresses.difference(held.addresses)) give('serviceips', addresses, number);
    for (const number of had.nodePorts.difference(held.nodePorts)) give('servicenodeports', nodePorts, number);
  });
  /** What a lost round reserved, unless the Service that won has been heard of since. */
  const returnUnused = (reservations: readonly Reservation[]) => {
    if (reservations.length === 0) return;
    const holdings = informers
      .of(services)
      .lister.list()
      .map((service) => holdingsOf(plan, service));
    for (const reservation of reservations) {
      for (const { addresses: ips, nodePorts: ports } of holdings) reservation.keep(ips.union(ports));
      reservation.release();
    }
  };
  const give = (range: NumberRange, pool: NumberPool, number: number) => {
    pool.release(number);
    claims.free(range, number).catch((err: unknown) => {
      log.warn({ range, number, err }, 'a claim could not be taken back, it will expire');
    });
  };
  return {
    name: 'ServiceAllocator',
    handles: ({ resource, subresource, operation }) =>
      resource.group === '' && resource.plural === 'services' && subresource === undefined && operation !== 'DELETE',
    async mutate({ attempt, object, oldObject, dryRun }, signal) {
      await informers.synced(signal);
      const old = oldObject === undefined ? undefined : serviceOf(oldObject);
      const held = holdingsOf(plan, old);
      const wanted = serviceOf(object);
      const kept = old === undefined ? wanted : withAllocationsOf(wanted, old);
      const lost: Reservation[] = [];
      for (let round = 1; round <= MAX_ROUNDS; round++) {
        const ips = new Reservation(addresses, held.addresses);
        const ports = new Reservation(nodePorts, held.nodePorts);
        attempts.set(attempt, [ips, ports]);
        const allocated = withNodePorts(withClusterIp(kept, old, plan, ips), ports);
        if (dryRun) release([ips, ports]);
        if (dryRun || (await claimed(claims, kept, { ips, ports }))) {
          returnUnused(lost);
          return allocated;
        }
        // Still reserved here, so that they are not chosen again.
        lost.push(ips, ports);
      }
      returnUnused(lost);
      throw internalError(new Error(`no free numbers were found in ${MAX_ROUNDS} rounds`));
    },
    rolledBack({ attempt }) {
      release(attempts.get(attempt) ?? []);
    },
  };
}

function release(reservations: readonly Reservation[]): void {
  for (const reservation of reservations) reservation.release();
}

async function claimed(
  claims: NumberClaims,
  { metadata: { namespace = '', name = '' } }: Service,
  { ips, ports }: { readonly ips: Reservation; readonly ports: Reservation },
): Promise<boolean> {
  const service = `${namespace}/${name}`;
  if (!(await claims.claim('serviceips', ips.taken, service))) return false;
  return claims.claim('servicenodeports', ports.taken, service);
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
