import type {
  Container,
  ContainerStatus as ApiContainerStatus,
  EphemeralContainer,
  Pod,
} from '../../src/apis/index.ts';
import type { ContainerStatus, PodSandboxStatus } from '../runtime/index.ts';

export type FailureReason =
  'FailedMount' | 'ErrImagePull' | 'CreateContainerConfigError' | 'CreateContainerError' | 'RunContainerError';

/** Stands for the pod where failures are told by the name of a container, which is never empty. */
export const WHOLE_POD = '';

/** Why a container, or the pod's environment, could not be started, and when that is tried again. */
export interface StartFailure {
  readonly reason: FailureReason;
  readonly message: string;
  readonly failures: number;
  readonly retryAt: number;
}

/** What probes have found of one running container. */
export interface ProbeFindings {
  readonly started: boolean;
  readonly ready: boolean;
  /** Why it is to be started again. */
  readonly unhealthy: string | undefined;
}

/** All that is known of a pod's containers at one moment. */
export interface ObservedPod {
  readonly sandbox: PodSandboxStatus | undefined;
  /** By name; in the order of their attempts. */
  readonly containers: ReadonlyMap<string, readonly ContainerStatus[]>;
  /** By name. */
  readonly failures: ReadonlyMap<string, StartFailure>;
  /** By id. */
  readonly probes: ReadonlyMap<string, ProbeFindings>;
}

export const latest = (observed: ObservedPod, name: string): ContainerStatus | undefined =>
  observed.containers.get(name)?.at(-1);

export const initContainersOf = (pod: Pod): readonly Container[] => pod.spec?.initContainers ?? [];
export const containersOf = (pod: Pod): readonly Container[] => pod.spec?.containers ?? [];
export const ephemeralContainersOf = (pod: Pod): readonly EphemeralContainer[] => pod.spec?.ephemeralContainers ?? [];

/** Their names are unique in a pod, whatever they are. */
export const allContainersOf = (pod: Pod): readonly Container[] => [
  ...containersOf(pod),
  ...initContainersOf(pod),
  ...ephemeralContainersOf(pod),
];

export const isEphemeral = (pod: Pod, { name }: Container): boolean =>
  ephemeralContainersOf(pod).some((container) => container.name === name);

/** What the pod's status says of a container. */
export function toldOf({ status }: Pod, name: string): ApiContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = status ?? {};
  const told = [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses];
  return told.find((container) => container.name === name);
}

/** An init container that goes on beside the others once it has started. */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

export function isStarted(observed: ObservedPod, container: Container): boolean {
  const status = latest(observed, container.name);
  if (status?.state !== 'RUNNING') return false;
  return observed.probes.get(status.id)?.started ?? container.startupProbe === undefined;
}

export function isReady(observed: ObservedPod, container: Container): boolean {
  const status = latest(observed, container.name);
  if (status?.state !== 'RUNNING' || !isStarted(observed, container)) return false;
  return observed.probes.get(status.id)?.ready ?? container.readinessProbe === undefined;
}

/** The first init container that has not done its work; undefined when all have. */
export function pendingInit(pod: Pod, observed: ObservedPod): Container | undefined {
  return initContainersOf(pod).find((container) =>
    isSidecar(container) ? !isStarted(observed, container) : latest(observed, container.name)?.exit?.exitCode !== 0,
  );
}
