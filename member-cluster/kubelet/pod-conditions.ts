import { findCondition, isConditionTrue, setCondition } from '../../src/apimachinery/index.ts';
import type { ContainerStatus, Pod, PodCondition } from '../../src/apis/index.ts';
import type { PodOutcome } from './pod-plan.ts';

export interface ConditionContext {
  readonly hasSandbox: boolean;
  readonly initDone: boolean;
  readonly now: number;
  readonly outcome: PodOutcome | undefined;
}

/** The conditions that a kubelet tells, among those that are there. */
export function podConditions(
  pod: Pod,
  containers: readonly ContainerStatus[],
  { hasSandbox, initDone, now, outcome }: ConditionContext,
): readonly PodCondition[] {
  const unready = containers.filter(({ ready }) => !ready).map(({ name }) => name);
  const notReady = whyNotReady(unready, outcome);
  const containersReady = unready.length === 0 && initDone;
  const told: readonly PodCondition[] = [
    condition('PodScheduled', true),
    condition('PodReadyToStartContainers', hasSandbox),
    condition('Initialized', initDone || outcome?.phase === 'Succeeded', { reason: 'ContainersNotInitialized' }),
    condition('ContainersReady', containersReady, notReady),
    containersReady ? gatedCondition(pod) : condition('Ready', false, notReady),
  ];
  return told.reduce<readonly PodCondition[]>(
    (conditions, each) => setCondition(withoutReason(conditions, each), each, now),
    pod.status?.conditions ?? [],
  );
}

function whyNotReady(unready: readonly string[], outcome: PodOutcome | undefined): Partial<PodCondition> {
  if (outcome?.phase === 'Succeeded') return { reason: 'PodCompleted' };
  if (outcome?.phase === 'Failed') return { reason: 'PodFailed' };
  return { reason: 'ContainersNotReady', message: `containers that are not ready: [${unready.join(' ')}]` };
}

/** Ready, unless somebody else's condition that the pod waits for is not true. */
function gatedCondition({ spec, status }: Pod): PodCondition {
  const gates = (spec?.readinessGates ?? []).map(({ conditionType }) => conditionType);
  const closed = gates.filter((type) => !isConditionTrue(status?.conditions, type));
  const message = `conditions that are not true: [${closed.join(' ')}]`;
  return condition('Ready', closed.length === 0, { reason: 'ReadinessGatesNotReady', message });
}

function condition(type: string, holds: boolean, otherwise: Partial<PodCondition> = {}): PodCondition {
  return holds ? { type, status: 'True' } : { type, status: 'False', ...otherwise };
}

/** A condition that holds has nothing of what it said when it did not. */
function withoutReason(conditions: readonly PodCondition[], next: PodCondition): readonly PodCondition[] {
  const old = findCondition(conditions, next.type);
  if (old === undefined || next.reason !== undefined) return conditions;
  const { reason, message, ...bare } = old;
  if (reason === undefined && message === undefined) return conditions;
  return conditions.map((each) => (each === old ? bare : each));
}
