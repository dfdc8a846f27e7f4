import type { EphemeralContainer, Pod, PodSpec, PodTemplateSpec } from '../generated/wire-types.ts';
import { containerDefaults, requestsFromLimits } from './container-defaults.ts';
import { volumeDefaults } from './volume-defaults.ts';

/** What any pod template gets, that of a Deployment as well as a Pod itself. */
export function podSpecDefaults(spec: PodSpec): PodSpec {
  const { initContainers, ephemeralContainers, volumes, serviceAccountName, serviceAccount } = spec;
  const account = serviceAccountName ?? serviceAccount;
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
    ...spec,
    ...(account === undefined || account === '' ? {} : { serviceAccountName: account, serviceAccount: account }),
    ...(volumes === undefined ? {} : { volumes: volumes.map(volumeDefaults) }),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map((each) => ofHost(spec, each)) }),
    ...(ephemeralContainers === undefined ? {} : { ephemeralContainers: ephemeralContainers.map(ephemeralDefaults) }),
    containers: containersOf(spec).map((each) => ofHost(spec, each)),
  };
}

export function templateDefaults(template: PodTemplateSpec | undefined): PodTemplateSpec {
  return { ...template, spec: podSpecDefaults(template?.spec ?? { containers: [] }) };
}

export function podDefaults(pod: Pod): Pod {
  const spec = podSpecDefaults(pod.spec ?? { containers: [] });
  return {
    ...pod,
    spec: {
      enableServiceLinks: true,
      ...spec,
      ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(requestsFromLimits) }),
      containers: spec.containers.map(requestsFromLimits),
    },
  };
}

/** They may be left out of what a client sends. */
function containersOf({ containers = [] }: Partial<PodSpec>): PodSpec['containers'] {
  return containers;
}

function ephemeralDefaults(container: EphemeralContainer): EphemeralContainer {
  const { targetContainerName, ...common } = container;
  return { ...containerDefaults(common), ...(targetContainerName === undefined ? {} : { targetContainerName }) };
}

/** On the host's network a container's ports are the host's. */
function ofHost({ hostNetwork }: PodSpec, container: PodSpec['containers'][number]): PodSpec['containers'][number] {
  const { ports, ...rest } = containerDefaults(container);
  if (ports === undefined) return rest;
  const mapped = ports.map((port) => (hostNetwork === true ? { hostPort: port.containerPort, ...port } : port));
  return { ...rest, ports: mapped };
}
