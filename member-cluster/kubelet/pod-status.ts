import { formatTime, isConditionTrue, setCondition } from '../../src/apimachinery/index.ts';
import type { Container, ContainerState, ContainerStatus, Pod, PodCondition, PodStatus } from '../../src/apis/index.ts';
import type { ContainerStatus as RuntimeStatus } from '../runtime/index.ts';
import {
  containersOf,
  initContainersOf,
  isReady,
  isStarted,
  latest,
  pendingInit,
  type ObservedPod,
} from './observed-pod.ts';
import { shouldRestart, type PodOutcome } from './pod-plan.ts';
import { restartDelayMs } from './restart-delay.ts';

export interface PodStatusContext {
  readonly nodeAddress: string;
  readonly runtimeName: string;
  readonly now: number;
  readonly outcome: PodOutcome | undefined;
}

/** The status that tells what was observed of a pod; what others wrote into its conditions is kept. */
export function podStatusOf(pod: Pod, observed: ObservedPod, context: PodStatusContext): PodStatus {
  const { nodeAddress, now, outcome } = context;
  const ip =
    observed.sandbox?.state === 'READY' ? observed.sandbox.ip : outcome === undefined ? undefined : pod.status?.podIP;
  const initDone = pendingInit(pod, observed) === undefined;
  const init = initContainersOf(pod).map((container) => containerStatusOf(pod, container, observed, context));
  const main = containersOf(pod).map((container) => containerStatusOf(pod, container, observed, context, initDone));
  const { podIP: _ip, podIPs: _ips, reason: _reason, message: _message, ...old } = pod.status ?? {};
  return {
    ...old,
    phase: phaseOf(pod, observed, outcome),
    ...(outcome?.reason === undefined ? {} : { reason: outcome.reason }),
    ...(outcome?.message === undefined ? {} : { message: outcome.message }),
    hostIP: nodeAddress,
    hostIPs: [{ ip: nodeAddress }],
    ...(ip === undefined ? {} : { podIP: ip, podIPs: [{ ip }] }),
    startTime: old.startTime ?? formatTime(now),
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
    containerStatuses: main,
    conditions: conditionsOf(pod, main, { observed, initDone, ...context }),
  };
}

function phaseOf(pod: Pod, observed: ObservedPod, outcome: PodOutcome | undefined): string {
  if (outcome !== undefined) return outcome.phase;
  if (pendingInit(pod, observed) !== undefined) return 'Pending';
  const begun = containersOf(pod).every(({ name }) => latest(observed, name)?.startedAt !== undefined);
  return begun ? 'Running' : 'Pending';
}

interface ConditionContext extends PodStatusContext {
  readonly observed: ObservedPod;
  readonly initDone: boolean;
}

function conditionsOf(
  pod: Pod,
  main: readonly ContainerStatus[],
  { observed, initDone, now, outcome }: ConditionContext,
): readonly PodCondition[] {
  const unready = main.filter(({ ready }) => !ready).map(({ name }) => name);
  const completed = outcome?.phase === 'Succeeded';
  const notReady = completed
    ? { reason: 'PodCompleted' }
    : outcome !== undefined
      ? { reason: 'PodFailed' }
      : { reason: 'ContainersNotReady', message: `containers that are not ready: [${unready.join(' ')}]` };
  const containersReady = unready.length === 0 && initDone;
  const gates = (pod.spec?.readinessGates ?? []).filter(
    ({ conditionType }) => !isConditionTrue(pod.status?.conditions, conditionType),
  );
  const closed = `conditions that are not true: [${gates.map((gate) => gate.conditionType).join(' ')}]`;
  const told: readonly PodCondition[] = [
    { type: 'PodScheduled', status: 'True' },
    condition('PodReadyToStartContainers', observed.sandbox?.state === 'READY'),
    condition('Initialized', initDone || completed, { reason: 'ContainersNotInitialized' }),
    condition('ContainersReady', containersReady, notReady),
    containersReady && gates.length > 0
      ? condition('Ready', false, { reason: 'ReadinessGatesNotReady', message: closed })
      : condition('Ready', containersReady, notReady),
  ];
  return told.reduce<readonly PodCondition[]>(
    (conditions, each) => setCondition(withoutReason(conditions, each), each, now),
    pod.status?.conditions ?? [],
  );
}

function condition(type: string, holds: boolean, otherwise: Partial<PodCondition> = {}): PodCondition {
  return holds ? { type, status: 'True' } : { type, status: 'False', ...otherwise };
}

/** A condition that holds has nothing of what it said when it did not. */
function withoutReason(conditions: readonly PodCondition[], next: PodCondition): readonly PodCondition[] {
  const old = conditions.find(({ type }) => type === next.type);
  if (old === undefined || next.reason !== undefined || (old.reason === undefined && old.message === undefined)) {
    return conditions;
  }
  const { reason: _reason, message: _message, ...bare } = old;
  return conditions.map((each) => (each === old ? bare : each));
}

function containerStatusOf(
  pod: Pod,
  container: Container,
  observed: ObservedPod,
  context: PodStatusContext,
  isTurn = true,
): ContainerStatus {
  const { name, image = '' } = container;
  const attempts = observed.containers.get(name) ?? [];
  const current = attempts.at(-1);
  const state = stateOf(pod, container, observed, { ...context, isTurn });
  // While a container waits to be started again, the one that ended is the last state.
  const ended =
    state.waiting === undefined ? attempts.at(-2) : attempts.findLast((attempt) => attempt.exit !== undefined);
  const isDeleted = pod.metadata.deletionTimestamp !== undefined;
  return {
    name,
    image,
    imageID: current?.imageRef ?? '',
    ...(current === undefined ? {} : { containerID: containerId(context, current) }),
    ready: !isDeleted && isReady(observed, container),
    started: isStarted(observed, container),
    restartCount: current?.metadata.attempt ?? restartsTold(pod, name),
    state,
    ...(ended?.exit === undefined ? {} : { lastState: terminated(context, ended) }),
  };
}

/** The count goes on when the runtime has forgotten what it was of. */
function restartsTold({ status }: Pod, name: string): number {
  const told = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  return told.find((container) => container.name === name)?.restartCount ?? 0;
}

function stateOf(
  pod: Pod,
  container: Container,
  observed: ObservedPod,
  context: PodStatusContext & { readonly isTurn: boolean },
): ContainerState {
  const current = latest(observed, container.name);
  const failure = observed.failures.get(container.name);
  if (current?.state === 'RUNNING') {
    return { running: { startedAt: formatTime(current.startedAt ?? current.createdAt) } };
  }
  if (failure !== undefined) {
    const backsOff = failure.reason === 'ErrImagePull' && failure.retryAt > context.now && failure.failures > 1;
    return { waiting: { reason: backsOff ? 'ImagePullBackOff' : failure.reason, message: failure.message } };
  }
  if (current?.exit !== undefined) {
    const isOver = context.outcome !== undefined || pod.metadata.deletionTimestamp !== undefined;
    if (isOver || !shouldRestart(pod, container, current.exit.exitCode)) return terminated(context, current);
    const delayMs = restartDelayMs(current);
    if (delayMs === 0) return terminated(context, current);
    const message = `waiting ${delayMs / 1000}s to start container ${container.name} again`;
    return { waiting: { reason: 'CrashLoopBackOff', message } };
  }
  return {
    waiting: { reason: context.isTurn && initContainersOf(pod).length === 0 ? 'ContainerCreating' : 'PodInitializing' },
  };
}

function terminated(context: PodStatusContext, status: RuntimeStatus): ContainerState {
  const { exit, startedAt, createdAt } = status;
  if (exit === undefined) return {};
  return {
    terminated: {
      exitCode: exit.exitCode,
      reason: exit.reason,
      startedAt: formatTime(startedAt ?? createdAt),
      finishedAt: formatTime(exit.finishedAt),
      containerID: containerId(context, status),
    },
  };
}

const containerId = ({ runtimeName }: PodStatusContext, { id }: RuntimeStatus) => `${runtimeName}://${id}`;
