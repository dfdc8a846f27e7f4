import { deepEqual, isNotFound } from '../../../src/apimachinery/index.ts';
import { endpoints as endpointsResource, type Endpoints, type Pod, type Service } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Lister, Reconciler } from '../../../src/controller/index.ts';
import { objectKey } from '../adoption.ts';
import { isNamespaceEnding } from '../namespace-ending.ts';
import { backendsOf, hasSelector } from './pod-addresses.ts';
import { MAX_ADDRESSES, subsetsOf } from './subsets.ts';

export interface EndpointsDeps {
  readonly services: Lister<Service>;
  readonly pods: Lister<Pod>;
  readonly endpoints: Lister<Endpoints>;
  readonly client: Client;
}

/** Present, with the value `truncated`, when there were more addresses than fit. */
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const HEADLESS = 'service.kubernetes.io/headless';

/** Keeps the Endpoints object of each Service with a selector, under the Service's name. */
export function endpointsReconciler({ services, pods, endpoints, client }: EndpointsDeps): Reconciler {
  return async (key, signal) => {
    const service = services.get(key);
    const present = endpoints.get(key);
    if (service === undefined) {
      if (present !== undefined && isOurs(present)) await remove(client, present, signal);
      return {};
    }
    if (!hasSelector(service) || service.metadata.deletionTimestamp !== undefined) return {};

    const wanted = endpointsOf(service, backendsOf(service, pods));
    if (present === undefined) await create(client, wanted, signal);
    else if (differs(present, wanted)) {
      const metadata = { ...present.metadata, ...pick(wanted) };
      await client.update(endpointsResource, { ...wanted, metadata }, { signal });
    }
    return {};
  };
}

/** Endpoints that this controller wrote: those that a user keeps for a Service without selector are not to be deleted. */
function isOurs({ metadata }: Endpoints): boolean {
  return metadata.labels?.[MANAGED_BY] === 'endpoint-controller';
}

function endpointsOf(service: Service, backends: ReturnType<typeof backendsOf>): Endpoints {
  const { name, namespace, labels, annotations } = service.metadata;
  const subsets = subsetsOf(service, backends);
  const headless = service.spec?.clusterIP === 'None' ? { [HEADLESS]: '' } : {};
  const truncated = backends.length > MAX_ADDRESSES ? { [OVER_CAPACITY]: 'truncated' } : {};
  const inherited = Object.entries(annotations ?? {}).filter(
    ([name]) => name !== 'kubectl.kubernetes.io/last-applied-configuration',
  );
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...labels, ...headless, [MANAGED_BY]: 'endpoint-controller' },
      annotations: { ...Object.fromEntries(inherited), ...truncated },
    },
    ...(subsets.length === 0 ? {} : { subsets }),
  };
}

const pick = ({ metadata: { labels = {}, annotations = {} } }: Endpoints) => ({ labels, annotations });

function differs(present: Endpoints, wanted: Endpoints): boolean {
  return !deepEqual(present.subsets ?? [], wanted.subsets ?? []) || !deepEqual(pick(present), pick(wanted));
}

async function create(client: Client, wanted: Endpoints, signal: AbortSignal): Promise<void> {
  try {
    await client.create(endpointsResource, wanted, { signal });
  } catch (err) {
    if (!isNamespaceEnding(err)) throw err;
  }
}

async function remove(client: Client, present: Endpoints, signal: AbortSignal): Promise<void> {
  try {
    await client.delete(endpointsResource, objectKey(present), { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
