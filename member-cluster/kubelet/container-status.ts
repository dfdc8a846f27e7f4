import { formatTime } from '../../src/apimachinery/index.ts';
import type { Container, ContainerState, ContainerStatus, Pod } from '../../src/apis/index.ts';
import type { ContainerStatus as RuntimeStatus } from '../runtime/index.ts';
import {
  initContainersOf,
  isReady,
  isStarted,
  latest,
  toldOf,
  type ObservedPod,
  type StartFailure,
} from './observed-pod.ts';
import { shouldRestart, type PodOutcome } from './pod-plan.ts';
import { restartDelayMs } from './restart-delay.ts';

export interface ContainerStatusContext {
  readonly runtimeName: string;
  readonly now: number;
  readonly outcome: PodOutcome | undefined;
}

/** What was observed of one container, in the words of the API. */
export function containerStatusOf(
  pod: Pod,
  container: Container,
  observed: ObservedPod,
  context: ContainerStatusContext,
): ContainerStatus {
  const { name, image = '' } = container;
  const { runtimeName } = context;
  const attempts = observed.containers.get(name) ?? [];
  const current = attempts.at(-1);
  const state = stateOf(pod, container, observed, context);
  return {
    name,
    image,
    imageID: current?.imageRef ?? '',
    ...(current === undefined ? {} : { containerID: containerId(runtimeName, current) }),
    ready: pod.metadata.deletionTimestamp === undefined && isReady(observed, container),
    started: isStarted(observed, container),
    // The count goes on when the runtime has forgotten what it was of.
    restartCount: current?.metadata.attempt ?? toldOf(pod, name)?.restartCount ?? 0,
    state,
    ...lastStateOf(attempts, state, runtimeName),
  };
}

const LOST = 'nobody knows any more what became of this container';

/** Of a container that is in nobody's way: it is never ready, and what is told of one that is gone was the last of it. */
export function ephemeralStatusOf(
  pod: Pod,
  container: Container,
  observed: ObservedPod,
  context: ContainerStatusContext,
): ContainerStatus {
  const told = toldOf(pod, container.name);
  if (told?.containerID !== undefined && latest(observed, container.name) === undefined) return lost(told);
  const { started: _started, ...status } = containerStatusOf(pod, container, observed, context);
  return { ...status, ready: false, lastState: {} };
}

function lost(told: ContainerStatus): ContainerStatus {
  if (told.state?.running === undefined) return told;
  const { startedAt } = told.state.running;
  const ended = { exitCode: 137, reason: 'ContainerStatusUnknown', message: LOST };
  return { ...told, state: { terminated: { ...ended, ...(startedAt === undefined ? {} : { startedAt }) } } };
}

/** While a container waits to be started again, the one that ended is the last state. */
function lastStateOf(
  attempts: readonly RuntimeStatus[],
  { waiting }: ContainerState,
  runtimeName: string,
): Pick<ContainerStatus, 'lastState'> {
  const ended = waiting === undefined ? attempts.at(-2) : attempts.findLast(({ exit }) => exit !== undefined);
  return ended?.exit === undefined ? {} : { lastState: terminated(runtimeName, ended) };
}

function stateOf(
  pod: Pod,
  container: Container,
  observed: ObservedPod,
  context: ContainerStatusContext,
): ContainerState {
  const current = latest(observed, container.name);
  const failure = observed.failures.get(container.name);
  if (current?.state === 'RUNNING') {
    return { running: { startedAt: formatTime(current.startedAt ?? current.createdAt) } };
  }
  if (failure !== undefined) return failureState(failure, context.now);
  if (current?.exit !== undefined) {
    const delayMs = willRestart(pod, container, current.exit.exitCode, context) ? restartDelayMs(current) : 0;
    if (delayMs === 0) return terminated(context.runtimeName, current);
    const message = `waiting ${delayMs / 1000}s to start container ${container.name} again`;
    return { waiting: { reason: 'CrashLoopBackOff', message } };
  }
  return { waiting: { reason: initContainersOf(pod).length === 0 ? 'ContainerCreating' : 'PodInitializing' } };
}

function willRestart(pod: Pod, container: Container, exitCode: number, { outcome }: ContainerStatusContext): boolean {
  const isLeaving = outcome !== undefined || pod.metadata.deletionTimestamp !== undefined;
  return !isLeaving && shouldRestart(pod, container, exitCode);
}

function failureState({ reason, message, failures, retryAt }: StartFailure, now: number): ContainerState {
  const backsOff = reason === 'ErrImagePull' && failures > 1 && retryAt > now;
  return { waiting: { reason: backsOff ? 'ImagePullBackOff' : reason, message } };
}

function terminated(runtimeName: string, status: RuntimeStatus): ContainerState {
  const { exit, startedAt, createdAt } = status;
  if (exit === undefined) return {};
  return {
    terminated: {
      exitCode: exit.exitCode,
      reason: exit.reason,
      startedAt: formatTime(startedAt ?? createdAt),
      finishedAt: formatTime(exit.finishedAt),
      containerID: containerId(runtimeName, status),
    },
  };
}

const containerId = (runtimeName: string, { id }: RuntimeStatus) => `${runtimeName}://${id}`;
