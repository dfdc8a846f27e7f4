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
  /** Of the budget's namespace. */
  readonly pods: readonly Pod[];
  /** How many pods there would be if all were there: what their controllers want. */
  readonly wantedBy: (pods: readonly Pod[]) => number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The pods that a budget is about. Without a selector it is about none, with an empty one about all. */
export function podsOf({ spec }: PodDisruptionBudget, pods: readonly Pod[]): readonly Pod[] {
  if (spec?.selector === undefined) return [];
  const selector = labelSelectorOf(spec.selector);
  return pods.filter((pod) => matchesLabels(selector, pod.metadata.labels) && !isTerminal(pod));
}

/** What a budget allows now (upstream's disruption controller). */
export function budgetStatus({ budget, pods, wantedBy, now }: BudgetInput): PodDisruptionBudgetStatus {
  const own = podsOf(budget, pods);
  const disruptedPods = stillDisrupted(budget, own, now);
  const { expectedPods, desiredHealthy } = wanted(budget, own, wantedBy);
  const healthy = own.filter((pod) => isHealthy(pod) && disruptedPods[pod.metadata.name ?? ''] === undefined);
  const currentHealthy = healthy.length;
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const isAllowed = disruptionsAllowed > 0;
  const condition: Condition = {
    type: 'DisruptionAllowed',
    status: isAllowed ? 'True' : 'False',
    reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    lastTransitionTime: formatTime(now),
    ...(budget.metadata.generation === undefined ? {} : { observedGeneration: budget.metadata.generation }),
  };
  return {
    ...(budget.metadata.generation === undefined ? {} : { observedGeneration: budget.metadata.generation }),
    ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    conditions: setCondition(budget.status?.conditions, condition, now),
  };
}

export function isHealthy(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && isReady(pod);
}

function wanted(
  { spec = {} }: PodDisruptionBudget,
  pods: readonly Pod[],
  wantedBy: BudgetInput['wantedBy'],
): { readonly expectedPods: number; readonly desiredHealthy: number } {
  const { minAvailable, maxUnavailable } = spec;
  if (maxUnavailable !== undefined) {
    const expectedPods = wantedBy(pods);
    const missing = resolveIntOrPercent(maxUnavailable, expectedPods, 'up');
    return { expectedPods, desiredHealthy: Math.max(0, expectedPods - missing) };
  }
  if (typeof minAvailable === 'number') return { expectedPods: pods.length, desiredHealthy: minAvailable };
  const expectedPods = minAvailable === undefined ? pods.length : wantedBy(pods);
  return { expectedPods, desiredHealthy: resolveIntOrPercent(minAvailable ?? 0, expectedPods, 'up') };
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
