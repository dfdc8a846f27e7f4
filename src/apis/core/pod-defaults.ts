import type { Pod, PodSpec, PodTemplateSpec, Volume } from '../generated/wire-types.ts';
import { containerDefaults, requestsFromLimits } from './container-defaults.ts';

/** What any pod template gets, that of a Deployment as well as a Pod itself. */
export function podSpecDefaults(spec: PodSpec): PodSpec {
  const { initContainers, volumes, serviceAccountName, serviceAccount } = spec;
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

/** On the host's network a container's ports are the host's. */
function ofHost({ hostNetwork }: PodSpec, container: PodSpec['containers'][number]): PodSpec['containers'][number] {
  const { ports, ...rest } = containerDefaults(container);
  if (ports === undefined) return rest;
  const mapped = ports.map((port) => (hostNetwork === true ? { hostPort: port.containerPort, ...port } : port));
  return { ...rest, ports: mapped };
}

const FILE_MODE = 0o644;
const READABLE = { defaultMode: FILE_MODE };

function volumeDefaults(volume: Volume): Volume {
  const { name, ...source } = volume;
  if (Object.keys(source).length === 0) return { name, emptyDir: {} };
  return {
    ...volume,
    ...(volume.secret === undefined ? {} : { secret: { ...READABLE, ...volume.secret } }),
    ...(volume.configMap === undefined ? {} : { configMap: { ...READABLE, ...volume.configMap } }),
    ...(volume.downwardAPI === undefined ? {} : { downwardAPI: { ...READABLE, ...volume.downwardAPI } }),
    ...(volume.hostPath === undefined ? {} : { hostPath: { type: '', ...volume.hostPath } }),
    ...(volume.projected === undefined ? {} : { projected: projectedDefaults(volume.projected) }),
  };
}

const TOKEN_SECONDS = 3600;

function projectedDefaults(projected: NonNullable<Volume['projected']>): NonNullable<Volume['projected']> {
  const { sources }: Partial<typeof projected> = projected;
  return {
    ...READABLE,
    ...projected,
    sources: (sources ?? []).map((source) =>
      source.serviceAccountToken === undefined
        ? source
        : {
            ...source,
            serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, ...source.serviceAccountToken },
          },
    ),
  };
}
