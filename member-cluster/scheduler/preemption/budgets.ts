import { labelSelectorOf, matchesLabels } from '../../../src/apimachinery/index.ts';
import type { PodDisruptionBudget } from '../../../src/apis/index.ts';
import type { PodInfo } from '../pod-info.ts';

export interface SplitByBudgets {
  /** Those whose end some budget does not allow, if the ones before them end too. */
  readonly violating: readonly PodInfo[];
  readonly others: readonly PodInfo[];
}

/** In their order. A budget that selects every pod, or none by name, is about none here. */
export function splitByBudgets(pods: readonly PodInfo[], budgets: readonly PodDisruptionBudget[]): SplitByBudgets {
  const left = new Map(budgets.map((budget) => [budget, budget.status?.disruptionsAllowed ?? 0]));
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const info of pods) {
    let isViolating = false;
    for (const [budget, allowed] of left) {
      if (!isAbout(budget, info)) continue;
      left.set(budget, allowed - 1);
      if (allowed <= 0) isViolating = true;
    }
    (isViolating ? violating : others).push(info);
  }
  return { violating, others };
}

/** Of a pod that was given leave already nothing more is taken. */
function isAbout({ metadata, spec, status }: PodDisruptionBudget, { pod }: PodInfo): boolean {
  const { namespace, name = '', labels = {} } = pod.metadata;
  if (namespace !== metadata.namespace || Object.keys(labels).length === 0) return false;
  const selector = labelSelectorOf(spec?.selector);
  return selector.length > 0 && matchesLabels(selector, labels) && status?.disruptedPods?.[name] === undefined;
}
