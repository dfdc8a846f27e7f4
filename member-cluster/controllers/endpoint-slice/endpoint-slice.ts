import { controllerReferenceTo, deepEqual, isNotFound, stableJson } from '../../../src/apimachinery/index.ts';
import {
  endpointSlices as endpointSliceResource,
  type Endpoint,
  type EndpointPort,
  type EndpointSlice,
  type Node,
  type Pod,
  type Service,
} from '../../../src/apis/index.ts';
import type { Client, NewObject } from '../../../src/client/index.ts';
import type { Key, Lister, Reconciler } from '../../../src/controller/index.ts';
import { objectKey } from '../adoption.ts';
import {
  backendsOf,
  hasSelector,
  hostnameIn,
  referenceTo,
  targetPortOf,
  type Backend,
} from '../endpoints/pod-addresses.ts';
import type { Expectations } from '../expectations.ts';
import { isNamespaceEnding } from '../namespace-ending.ts';
import { nameOf } from '../ownership.ts';
import { planSlices, type PortGroup } from './slice-plan.ts';

export const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const ZONE = 'topology.kubernetes.io/zone';

export interface EndpointSliceDeps {
  readonly services: Lister<Service>;
  readonly pods: Lister<Pod>;
  readonly nodes: Lister<Node>;
  /** With the index `service`, see `serviceKeyOf`. */
  readonly slices: Lister<EndpointSlice>;
  readonly expectations: Expectations;
  readonly client: Client;
}

/** The key of the Service whose slice this is; none for slices that others manage. */
export function serviceKeyOf({ metadata }: EndpointSlice): readonly Key[] {
  const { [SERVICE_NAME]: name, [MANAGED_BY]: manager } = metadata.labels ?? {};
  return name === undefined || manager !== MANAGER ? [] : [`${metadata.namespace ?? ''}/${name}`];
}

/** Keeps the EndpointSlices of each Service with a selector. */
export function endpointSliceReconciler(deps: EndpointSliceDeps): Reconciler {
  return async (key, signal) => {
    const { services, slices, client, expectations } = deps;
    const service = services.get(key);
    const present = slices.byIndex('service', key).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (service === undefined) {
      expectations.forget(key);
      for (const slice of present) await remove(client, slice, signal);
      return {};
    }
    if (!hasSelector(service) || service.metadata.deletionTimestamp !== undefined) return {};
    if (!expectations.satisfied(key)) return {};

    const plan = planSlices(present, groupsOf(service, deps));
    const labels = labelsOf(service);
    const kept = present.filter((slice) => !plan.remove.includes(slice));
    const changed = new Map(plan.update.map((slice) => [slice.metadata.uid, slice]));
    for (const slice of kept) {
      const next = changed.get(slice.metadata.uid) ?? slice;
      if (next === slice && deepEqual(slice.metadata.labels, labels)) continue;
      await client.update(endpointSliceResource, { ...next, metadata: { ...next.metadata, labels } }, { signal });
    }
    await createAll(deps, key, service, plan.create);
    for (const slice of plan.remove) await remove(client, slice, signal);
    return {};
  };
}

function labelsOf(service: Service): Readonly<Record<string, string>> {
  const headless = service.spec?.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
  return { ...service.metadata.labels, ...headless, [SERVICE_NAME]: nameOf(service), [MANAGED_BY]: MANAGER };
}

function groupsOf(service: Service, { pods, nodes }: EndpointSliceDeps): readonly PortGroup[] {
  const groups = new Map<string, { readonly ports: readonly EndpointPort[]; readonly endpoints: Endpoint[] }>();
  for (const backend of backendsOf(service, pods)) {
    const ports = portsOf(service, backend.pod);
    const key = stableJson(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    groups.set(key, group);
    group.endpoints.push(endpointOf(service, backend, nodes));
  }
  return [...groups.values()];
}

function portsOf({ spec }: Service, pod: Pod): readonly EndpointPort[] {
  return (spec?.ports ?? []).flatMap((servicePort) => {
    const port = targetPortOf(servicePort, pod);
    if (port === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = servicePort;
    return [{ name, protocol, port, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

function endpointOf(service: Service, backend: Backend, nodes: Lister<Node>): Endpoint {
  const { pod, ip, ready, serving, terminating } = backend;
  const hostname = hostnameIn(service, pod);
  const nodeName = pod.spec?.nodeName;
  const zone = nodeName === undefined ? undefined : nodes.get(nodeName)?.metadata.labels?.[ZONE];
  return {
    addresses: [ip],
    conditions: { ready, serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    targetRef: referenceTo(pod),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
  };
}

async function createAll(
  { client, expectations }: EndpointSliceDeps,
  key: Key,
  service: Service,
  groups: readonly PortGroup[],
): Promise<void> {
  if (groups.length === 0) return;
  expectations.expect(key, { creations: groups.length });
  for (const [index, group] of groups.entries()) {
    try {
      await client.create(endpointSliceResource, sliceOf(service, group));
    } catch (err) {
      expectations.created(key, groups.length - index);
      if (isNamespaceEnding(err)) return;
      throw err;
    }
  }
}

function sliceOf(service: Service, { ports, endpoints }: PortGroup): NewObject<EndpointSlice> {
  const { namespace } = service.metadata;
  return {
    metadata: {
      generateName: `${nameOf(service)}-`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: labelsOf(service),
      ownerReferences: [controllerReferenceTo(service)],
    },
    addressType: 'IPv4',
    endpoints,
    ports,
  };
}

async function remove(client: Client, slice: EndpointSlice, signal: AbortSignal): Promise<void> {
  try {
    await client.delete(endpointSliceResource, objectKey(slice), { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
