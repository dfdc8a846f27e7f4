import {
  deepEqual,
  isAlreadyExists,
  isNotFound,
  type KubeObject,
  type Resource,
} from '../../../src/apimachinery/index.ts';
import {
  endpoints as endpointsResource,
  endpointSlices as endpointSliceResource,
  services as serviceResource,
  type Endpoints,
  type EndpointSlice,
  type Service,
} from '../../../src/apis/index.ts';
import type { Client, NewObject } from '../../../src/client/index.ts';
import type { Reconciler } from '../../../src/controller/index.ts';
import { SERVICE_NAME } from '../endpoint-slice/slice-writer.ts';

/** Where pods of the cluster find the API server. */
export interface KubernetesServiceOptions {
  readonly clusterIP: string;
  readonly address: string;
  readonly port: number;
}

const CHECK_EVERY_MS = 10_000;

/** Keeps the Service `kubernetes` in `default`, with endpoints that no selector can find. The key is of no matter. */
export function kubernetesServiceReconciler(client: Client, options: KubernetesServiceOptions): Reconciler {
  return async (_key, signal) => {
    await Promise.all([
      ensure(client, { resource: serviceResource, object: service(options), isCurrent: hasPorts }, signal),
      ensure(client, { resource: endpointsResource, object: endpoints(options), isCurrent: hasSubsets }, signal),
      ensure(client, { resource: endpointSliceResource, object: slice(options), isCurrent: hasEndpoints }, signal),
    ]);
    return { requeueAfterMs: CHECK_EVERY_MS };
  };
}

function hasPorts(present: Service, wanted: NewObject<Service>): boolean {
  const [port] = present.spec?.ports ?? [];
  const [expected] = wanted.spec?.ports ?? [];
  return port?.port === expected?.port && port?.targetPort === expected?.targetPort;
}

function hasSubsets(present: Endpoints, wanted: NewObject<Endpoints>): boolean {
  return deepEqual(present.subsets, wanted.subsets);
}

function hasEndpoints(present: EndpointSlice, wanted: NewObject<EndpointSlice>): boolean {
  return deepEqual(present.endpoints, wanted.endpoints) && deepEqual(present.ports, wanted.ports);
}

interface Wanted<T extends KubeObject> {
  readonly resource: Resource<T>;
  readonly object: NewObject<T>;
  isCurrent(present: T, wanted: NewObject<T>): boolean;
}

async function ensure<T extends KubeObject>(client: Client, wanted: Wanted<T>, signal: AbortSignal): Promise<void> {
  const { resource, object } = wanted;
  let present: T;
  try {
    present = await client.get(resource, { namespace: 'default', name: 'kubernetes' }, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
    await create(client, resource, object, signal);
    return;
  }
  if (!wanted.isCurrent(present, object)) {
    await client.update(resource, { ...present, ...object, metadata: present.metadata }, { signal });
  }
}

async function create<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  wanted: NewObject<T>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.create(resource, wanted, { signal });
  } catch (err) {
    if (!isAlreadyExists(err)) throw err;
  }
}

const metadata = { namespace: 'default', name: 'kubernetes' };

function service({ clusterIP, port }: KubernetesServiceOptions): NewObject<Service> {
  return {
    metadata: { ...metadata, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      type: 'ClusterIP',
      clusterIP,
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }],
      sessionAffinity: 'None',
    },
  };
}

function endpoints({ address, port }: KubernetesServiceOptions): NewObject<Endpoints> {
  return {
    metadata: { ...metadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  };
}

function slice({ address, port }: KubernetesServiceOptions): NewObject<EndpointSlice> {
  return {
    metadata: { ...metadata, labels: { [SERVICE_NAME]: 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'https', protocol: 'TCP', port }],
  };
}
