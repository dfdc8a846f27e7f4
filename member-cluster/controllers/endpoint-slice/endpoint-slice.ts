import { stableJson } from '../../../src/apimachinery/index.ts';
import type { Endpoint, EndpointPort, EndpointSlice, Node, Pod, Service } from '../../../src/apis/index.ts';
import type { Lister, Reconciler } from '../../../src/controller/index.ts';
import {
  backendsOf,
  hasSelector,
  hostnameIn,
  referenceTo,
  targetPortOf,
  type Backend,
} from '../endpoints/pod-addresses.ts';
import type { PortGroup } from './slice-plan.ts';
import { keepSlices, keysOfManager, removeSlices, type SliceWriterDeps } from './slice-writer.ts';

const MANAGER = 'endpointslice-controller.k8s.io';
const ZONE = 'topology.kubernetes.io/zone';

export interface EndpointSliceDeps extends SliceWriterDeps {
  readonly services: Lister<Service>;
  readonly pods: Lister<Pod>;
  readonly nodes: Lister<Node>;
  /** With the index `service`, see `serviceKeysOf`. */
  readonly slices: Lister<EndpointSlice>;
}

/** The key of the Service whose slice this is; none for slices that others manage. */
export const serviceKeysOf = keysOfManager(MANAGER);

/** Keeps the EndpointSlices of each Service with a selector. */
export function endpointSliceReconciler(deps: EndpointSliceDeps): Reconciler {
  return async (key, signal) => {
    const { services, slices, client, expectations } = deps;
    const service = services.get(key);
    const present = slices.byIndex('service', key).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (service === undefined) {
      expectations.forget(key);
      await removeSlices(client, present, signal);
      return {};
    }
    if (!hasSelector(service) || service.metadata.deletionTimestamp !== undefined) return {};
    const wanted = { owner: service, manager: MANAGER, labels: labelsOf(service), groups: groupsOf(service, deps) };
    await keepSlices(deps, key, { present, wanted }, signal);
    return {};
  };
}

function labelsOf({ metadata, spec }: Service): Readonly<Record<string, string>> {
  const headless = spec?.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
  return { ...metadata.labels, ...headless };
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
