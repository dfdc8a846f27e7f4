import {
  formatTime,
  labelSelectorOf,
  matchesLabels,
  resolveIntOrPercent,
  setCondition,
} from '../../../src/apimachinery/index.ts';
import type { Condition, Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../../src/apis/index.ts';
import { isReady, isTerminal } from '../../pods/index.ts';

/** An eviction that was allowed and whose pod is not seen to go within this time has failed. */
const DELETION_TIMEOUT_MS = 120_000;

export interface BudgetInput {
  readonly budget: PodDisruptionBudget;
  /** Those that the budget is about. */
  readonly pods: readonly Pod[];
  /** How many pods there would be if all were there. */
  readonly expectedPods: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Whether a budget is a part of what controllers want, and not of the pods that there are. */
export function asksControllers({ spec }: PodDisruptionBudget): boolean {
  return spec?.maxUnavailable !== undefined || typeof spec?.minAvailable === 'string';
}

/** The pods that a budget is about. Without a selector it is about none, with an empty one about all. */
export function podsOf({ spec }: PodDisruptionBudget, pods: readonly Pod[]): readonly Pod[] {
  if (spec?.selector === undefined) return [];
  const selector = labelSelectorOf(spec.selector);
  return pods.filter((pod) => matchesLabels(selector, pod.metadata.labels) && !isTerminal(pod));
}

/** What a budget allows now (upstream's disruption controller). */
export function budgetStatus({ budget, pods, expectedPods, now }: BudgetInput): PodDisruptionBudgetStatus {
  const disruptedPods = stillDisrupted(budget, pods, now);
  const healthy = pods.filter((pod) => isHealthy(pod) && disruptedPods[pod.metadata.name ?? ''] === undefined);
  const currentHealthy = healthy.length;
  const desiredHealthy = wanted(budget, expectedPods);
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const { generation } = budget.metadata;
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    conditions: conditionsAfter(
      budget,
      disruptionsAllowed > 0
        ? { status: 'True', reason: 'SufficientPods', message: '' }
        : { status: 'False', reason: 'InsufficientPods', message: '' },
      { generation, now },
    ),
  };
}

/** A budget that cannot be worked out allows nothing. What was known of it before stays. */
export function failedStatus(budget: PodDisruptionBudget, message: string, now: number): PodDisruptionBudgetStatus {
  const { status = {} } = budget;
  const why = { status: 'False', reason: 'SyncFailed', message };
  const conditions = conditionsAfter(budget, why, { generation: status.observedGeneration, now });
  return { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, ...status, disruptionsAllowed: 0, conditions };
}

function conditionsAfter(
  { status }: PodDisruptionBudget,
  told: Pick<Condition, 'status' | 'reason' | 'message'>,
  { generation, now }: { readonly generation: number | undefined; readonly now: number },
): readonly Condition[] {
  const condition: Condition = {
    type: 'DisruptionAllowed',
    ...told,
    lastTransitionTime: formatTime(now),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
  return setCondition(status?.conditions, condition, now);
}

export function isHealthy(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && isReady(pod);
}

function wanted({ spec = {} }: PodDisruptionBudget, expectedPods: number): number {
  const { minAvailable = 0, maxUnavailable } = spec;
  if (maxUnavailable === undefined) return resolveIntOrPercent(minAvailable, expectedPods, 'up');
  return Math.max(0, expectedPods - resolveIntOrPercent(maxUnavailable, expectedPods, 'up'));
}

/** Pods that were given leave, did not go, and count again. */
export function stayed(budget: PodDisruptionBudget, pods: readonly Pod[], now: number): readonly Pod[] {
  const still = stillDisrupted(budget, pods, now);
  return pods.filter(({ metadata: { name = '', deletionTimestamp } }) => {
    const wasGivenLeave = budget.status?.disruptedPods?.[name] !== undefined;
    return wasGivenLeave && still[name] === undefined && deletionTimestamp === undefined;
  });
}

function stillDisrupted(
  { status }: PodDisruptionBudget,
  pods: readonly Pod[],
  now: number,
): Readonly<Record<string, string>> {
  const staying = new Set(
    pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name ?? ''),
  );
  const entries = Object.entries(status?.disruptedPods ?? {});
  return Object.fromEntries(
    entries.filter(([name, since]) => staying.has(name) && now - Date.parse(since) < DELETION_TIMEOUT_MS),
  );
}
