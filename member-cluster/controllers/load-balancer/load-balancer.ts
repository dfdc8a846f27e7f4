import { hasFinalizer, isNotFound, keyOf, withFinalizer, withoutFinalizer } from '../../../src/apimachinery/index.ts';
import { services as serviceResource, type Service } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { EventRecorder, Key, Lister, Reconciler } from '../../../src/controller/index.ts';
import { AddressPool } from './address-pool.ts';

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';

export interface LoadBalancerDeps {
  readonly services: Lister<Service>;
  readonly client: Client;
  readonly events: EventRecorder;
  /** The block that addresses are taken from, such as `127.9.200.0/24`. */
  readonly cidr: string;
}

/**
 * Gives each Service of type LoadBalancer an address of the block, its own until the Service goes or changes its type.
 * To be run by one worker: the pool knows of an address before the cache does.
 */
export function loadBalancerReconciler(deps: LoadBalancerDeps): Reconciler {
  const { services, client, events } = deps;
  const pool = new AddressPool(deps.cidr);
  return async (key, signal) => {
    const service = services.get(key);
    if (service === undefined) {
      pool.release(key);
      return {};
    }
    if (!wantsAddress(service)) {
      await giveBack(deps, pool, service, signal);
      return {};
    }
    for (const other of services.list()) {
      const address = addressOf(other);
      if (address !== undefined && wantsAddress(other)) pool.claim(keyOf(other), address);
    }
    const held = await withCleanup(deps, service, signal);
    const address = choose(pool, key, held);
    if (typeof address !== 'string') {
      events.event(service, 'Warning', 'SyncLoadBalancerFailed', `Error syncing load balancer: ${address.problem}`);
      throw new Error(address.problem);
    }
    if (addressOf(held) === address) return {};
    const loadBalancer = { ingress: [{ ip: address, ipMode: 'VIP' }] };
    await client.updateStatus(serviceResource, { ...held, status: { ...held.status, loadBalancer } }, { signal });
    events.event(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
    return {};
  };
}

/** A Service of another class is somebody else's. */
function wantsAddress({ metadata, spec }: Service): boolean {
  return (
    spec?.type === 'LoadBalancer' && (spec.loadBalancerClass ?? '') === '' && metadata.deletionTimestamp === undefined
  );
}

function addressOf({ status }: Service): string | undefined {
  return status?.loadBalancer?.ingress?.[0]?.ip;
}

/** The address asked for, the one it has, or any. */
function choose(pool: AddressPool, key: Key, service: Service): string | { readonly problem: string } {
  const requested = service.spec?.loadBalancerIP ?? '';
  if (requested !== '') {
    if (pool.claim(key, requested)) return requested;
    const owner = pool.ownerOf(requested);
    return { problem: `address ${requested} is ${owner === undefined ? 'not in the range' : `in use by ${owner}`}` };
  }
  const present = addressOf(service);
  if (present !== undefined && pool.claim(key, present)) return present;
  return pool.allocate(key) ?? { problem: 'no address is free' };
}

async function withCleanup(
  { client, events }: LoadBalancerDeps,
  service: Service,
  signal: AbortSignal,
): Promise<Service> {
  const held = withFinalizer(service, FINALIZER);
  if (held === service) return service;
  events.event(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
  return client.update(serviceResource, held, { signal });
}

async function giveBack(
  { client, events }: LoadBalancerDeps,
  pool: AddressPool,
  service: Service,
  signal: AbortSignal,
): Promise<void> {
  const isOurs = (service.spec?.loadBalancerClass ?? '') === '';
  if (!isOurs || (!hasFinalizer(service, FINALIZER) && pool.addressOf(keyOf(service)) === undefined)) return;
  events.event(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
  try {
    const cleared =
      addressOf(service) === undefined
        ? service
        : await client.updateStatus(
            serviceResource,
            { ...service, status: { ...service.status, loadBalancer: {} } },
            { signal },
          );
    pool.release(keyOf(service));
    const free = withoutFinalizer(cleared, FINALIZER);
    if (free !== cleared) await client.update(serviceResource, free, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
  events.event(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
}
