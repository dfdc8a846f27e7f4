import { matchesLabels, selectorOfLabels } from '../../../src/apimachinery/index.ts';
import type { Pod, Service } from '../../../src/apis/index.ts';
import type { Lister } from '../../../src/controller/index.ts';
import { isReady, isTerminal } from '../../pods/index.ts';

export type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number];

/** One pod behind a Service, at one of its addresses. */
export interface Backend {
  readonly pod: Pod;
  readonly ip: string;
  /** Ready, or the Service publishes those that are not. */
  readonly ready: boolean;
  /** Ready whatever it is told to publish. */
  readonly serving: boolean;
  readonly terminating: boolean;
}

/** Services without a selector are left alone: somebody else keeps their endpoints. */
export function hasSelector({ spec }: Service): boolean {
  return spec?.type !== 'ExternalName' && Object.keys(spec?.selector ?? {}).length > 0;
}

/** The pods behind a Service that have an address and have not ended, in the order of their names. */
export function backendsOf(service: Service, pods: Lister<Pod>): readonly Backend[] {
  const selector = selectorOfLabels(service.spec?.selector);
  const publishNotReady = service.spec?.publishNotReadyAddresses === true;
  const backends: Backend[] = [];
  for (const pod of pods.list(service.metadata.namespace)) {
    const ip = pod.status?.podIP;
    if (ip === undefined || ip === '' || isTerminal(pod) || !matchesLabels(selector, pod.metadata.labels)) continue;
    const serving = isReady(pod);
    const terminating = pod.metadata.deletionTimestamp !== undefined;
    backends.push({ pod, ip, ready: publishNotReady || (serving && !terminating), serving, terminating });
  }
  return backends.sort((a, b) => ((a.pod.metadata.name ?? '') < (b.pod.metadata.name ?? '') ? -1 : 1));
}

/** The number that a Service's target port has in this pod; undefined when the pod has no port of that name. */
export function targetPortOf({ targetPort, port, protocol = 'TCP' }: ServicePort, pod: Pod): number | undefined {
  if (targetPort === undefined || targetPort === 0 || targetPort === '') return port;
  if (typeof targetPort === 'number') return targetPort;
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? []).filter(isSidecar)];
  return containers
    .flatMap(({ ports = [] }) => ports)
    .find(({ name, protocol: spoken = 'TCP' }) => name === targetPort && spoken === protocol)?.containerPort;
}

type Container = NonNullable<Pod['spec']>['containers'][number];

const isSidecar = ({ restartPolicy }: Container) => restartPolicy === 'Always';

/** The keys of the Services of a pod's namespace that select it. */
export function servicesOf(pod: Pod, services: Lister<Service>): readonly Service[] {
  return services
    .list(pod.metadata.namespace)
    .filter(
      (service) => hasSelector(service) && matchesLabels(selectorOfLabels(service.spec?.selector), pod.metadata.labels),
    );
}

/** Whether a change of a pod can matter to any Service. */
export function differsForServices(before: Pod, after: Pod): boolean {
  return (
    before.status?.podIP !== after.status?.podIP ||
    before.status?.phase !== after.status?.phase ||
    before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp ||
    before.metadata.labels !== after.metadata.labels ||
    isReady(before) !== isReady(after)
  );
}

/** The name that DNS gives the pod below the Service's; only where the pod names the Service as its subdomain. */
export function hostnameIn({ metadata }: Service, { spec }: Pod): string | undefined {
  return spec?.subdomain === metadata.name && spec?.hostname !== '' ? spec?.hostname : undefined;
}

export function referenceTo({ metadata: { name, namespace, uid } }: Pod) {
  return {
    kind: 'Pod',
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(uid === undefined ? {} : { uid }),
  };
}
