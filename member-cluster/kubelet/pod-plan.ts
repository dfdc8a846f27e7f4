import { parseTime } from '../../src/apimachinery/index.ts';
import type { Container, Pod } from '../../src/apis/index.ts';
import {
  containersOf,
  ephemeralContainersOf,
  initContainersOf,
  isEphemeral,
  isSidecar,
  latest,
  pendingInit,
  toldOf,
  WHOLE_POD,
  type ObservedPod,
} from './observed-pod.ts';
import { restartDelayMs } from './restart-delay.ts';

export type PodAction =
  | { readonly type: 'run-sandbox'; readonly attempt: number }
  | { readonly type: 'start'; readonly container: Container; readonly attempt: number; readonly isTask: boolean }
  | { readonly type: 'stop'; readonly name: string; readonly id: string; readonly why: string }
  /** The pod has ended: nothing of it is to run any more. */
  | { readonly type: 'end' };

export interface PodPlan {
  /** To be done in this order. */
  readonly actions: readonly PodAction[];
  /** Containers that wait for their next attempt. */
  readonly waits?: readonly PodWait[];
  /** Something falls due then. */
  readonly dueAt?: number;
  /** How the pod ended, if it did. */
  readonly outcome?: PodOutcome;
}

export interface PodWait {
  readonly container: Container;
  readonly attempt: number;
}

export interface PodOutcome {
  readonly phase: 'Succeeded' | 'Failed';
  readonly reason?: string;
  readonly message?: string;
}

/** What brings a pod that is not being deleted closer to what its spec asks for. */
export function planPod(pod: Pod, observed: ObservedPod, now: number): PodPlan {
  const outcome = outcomeOf(pod, observed, now);
  if (outcome !== undefined) {
    return { actions: observed.sandbox?.state === 'READY' ? [{ type: 'end' }] : [], outcome };
  }
  if (observed.sandbox?.state !== 'READY') return planSandbox(observed, now);
  const init = pendingInit(pod, observed);
  const sidecars = initContainersOf(pod).filter((container) => isSidecar(container) && container !== init);
  const steps = [
    ...ephemeralToStart(pod, observed).map((container) => planContainer(pod, container, observed, now)),
    ...(init === undefined ? [] : [planContainer(pod, init, observed, now)]),
    ...sidecarsToKeep(sidecars, observed).map((container) => planContainer(pod, container, observed, now)),
    ...(init === undefined ? containersOf(pod) : []).map((container) => planContainer(pod, container, observed, now)),
  ];
  const dues = [...steps.map((step) => step.dueAt), deadlineOf(pod)].filter((due) => due !== undefined);
  return {
    actions: steps.flatMap((step) => step.actions),
    waits: steps.flatMap(({ waits = [] }) => waits),
    ...(dues.length === 0 ? {} : { dueAt: Math.min(...dues) }),
  };
}

function planSandbox({ sandbox, failures }: ObservedPod, now: number): PodPlan {
  const { retryAt = 0 } = failures.get(WHOLE_POD) ?? {};
  if (retryAt > now) return { actions: [], dueAt: retryAt };
  const attempt = sandbox === undefined ? 0 : sandbox.metadata.attempt + 1;
  return { actions: [{ type: 'run-sandbox', attempt }] };
}

/** Once, whatever becomes of the others; they are for looking at pods that fail. */
function ephemeralToStart(pod: Pod, observed: ObservedPod): readonly Container[] {
  return ephemeralContainersOf(pod).filter(
    ({ name }) => toldOf(pod, name)?.containerID === undefined && latest(observed, name) === undefined,
  );
}

/** Those after the pending one have not had their turn yet. */
function sidecarsToKeep(sidecars: readonly Container[], observed: ObservedPod): readonly Container[] {
  return sidecars.filter(({ name }) => latest(observed, name) !== undefined);
}

function planContainer(pod: Pod, container: Container, observed: ObservedPod, now: number): PodPlan {
  const { name } = container;
  const status = latest(observed, name);
  const failure = observed.failures.get(name);
  const isTask = isTaskOf(pod, container);
  const startAt = (at: number, attempt: number): PodPlan => {
    const due = Math.max(at, failure?.retryAt ?? 0);
    if (due > now) return { actions: [], waits: [{ container, attempt }], dueAt: due };
    return { actions: [{ type: 'start', container, attempt, isTask }] };
  };
  if (status === undefined) return startAt(0, firstAttempt(pod, name));
  const unhealthy = observed.probes.get(status.id)?.unhealthy;
  if (status.state === 'RUNNING' && unhealthy !== undefined) {
    return { actions: [{ type: 'stop', name, id: status.id, why: unhealthy }] };
  }
  if (status.exit === undefined) {
    // Made and not started: what was to start it failed, or this process was restarted in between.
    return status.state === 'CREATED' ? startAt(0, status.metadata.attempt + 1) : { actions: [] };
  }
  if (!shouldRestart(pod, container, status.exit.exitCode)) return { actions: [] };
  return startAt(status.exit.finishedAt + restartDelayMs(status), status.metadata.attempt + 1);
}

/** After those that the pod's status still tells of, when the runtime has forgotten them. */
function firstAttempt(pod: Pod, name: string): number {
  const last = toldOf(pod, name);
  return last?.containerID === undefined ? 0 : last.restartCount + 1;
}

function isInit(pod: Pod, container: Container): boolean {
  return initContainersOf(pod).includes(container);
}

function isTaskOf(pod: Pod, container: Container): boolean {
  if (isInit(pod, container)) return !isSidecar(container);
  return (pod.spec?.restartPolicy ?? 'Always') !== 'Always';
}

export function shouldRestart(pod: Pod, container: Container, exitCode: number): boolean {
  if (isEphemeral(pod, container)) return false;
  const policy = pod.spec?.restartPolicy ?? 'Always';
  if (isInit(pod, container)) return isSidecar(container) || (exitCode !== 0 && policy !== 'Never');
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

function outcomeOf(pod: Pod, observed: ObservedPod, now: number): PodOutcome | undefined {
  const told = toldOutcome(pod);
  if (told !== undefined) return told;
  const deadline = deadlineOf(pod);
  if (deadline !== undefined && deadline <= now) {
    const message = 'the pod was active on its node for longer than activeDeadlineSeconds';
    return { phase: 'Failed', reason: 'DeadlineExceeded', message };
  }
  const init = pendingInit(pod, observed);
  if (init !== undefined) return hasEnded(pod, init, observed) ? { phase: 'Failed' } : undefined;
  const containers = containersOf(pod);
  if (!containers.every((container) => hasEnded(pod, container, observed))) return undefined;
  const succeeded = containers.every(({ name }) => latest(observed, name)?.exit?.exitCode === 0);
  return { phase: succeeded ? 'Succeeded' : 'Failed' };
}

/** How a pod ended that was deleted, of which nothing runs any more. */
export function endOf(pod: Pod, observed: ObservedPod): PodOutcome {
  const succeeded = containersOf(pod).every(({ name }) => latest(observed, name)?.exit?.exitCode === 0);
  return toldOutcome(pod) ?? { phase: succeeded ? 'Succeeded' : 'Failed' };
}

/** What was written once is never taken back. */
function toldOutcome({ status }: Pod): PodOutcome | undefined {
  const { phase, reason, message } = status ?? {};
  if (phase !== 'Succeeded' && phase !== 'Failed') return undefined;
  return { phase, ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) };
}

/** For good. */
function hasEnded(pod: Pod, container: Container, observed: ObservedPod): boolean {
  const exit = latest(observed, container.name)?.exit;
  return exit !== undefined && !shouldRestart(pod, container, exit.exitCode);
}

function deadlineOf({ spec, status }: Pod): number | undefined {
  const startedAt = parseTime(status?.startTime);
  if (spec?.activeDeadlineSeconds === undefined || startedAt === undefined) return undefined;
  return startedAt + spec.activeDeadlineSeconds * 1000;
}
