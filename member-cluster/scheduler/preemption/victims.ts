import type { PodDisruptionBudget } from '../../../src/apis/index.ts';
import type { Feasibility } from '../feasibility.ts';
import { never, type Refusal } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { splitByBudgets } from './budgets.ts';
import { byImportance } from './importance.ts';

/** A node that would do if these pods were gone. */
export interface Candidate {
  readonly type: 'candidate';
  readonly node: NodeInfo;
  /** The most important first. */
  readonly victims: readonly PodInfo[];
  /** So many of them end against a disruption budget. */
  readonly violations: number;
}

const NO_VICTIMS = never('No preemption victims found for incoming pod');

/**
 * The least that has to go from a node for the pod: of all that is less important, the important are spared first, and
 * those before them whom a disruption budget protects.
 */
export function victimsOn(
  node: NodeInfo,
  feasibility: Feasibility,
  budgets: readonly PodDisruptionBudget[],
): Candidate | { readonly type: 'refused'; readonly refusal: Refusal } {
  const { pod } = feasibility;
  if (!node.hasLesser(pod.priority)) return { type: 'refused', refusal: NO_VICTIMS };

  const lesser = [...node.pods.values()].filter(({ priority }) => priority < pod.priority).sort(byImportance);
  const room = node.copy();
  for (const { key } of lesser) room.removePod(key);
  const refusal = feasibility.refusalOfOther(room);
  if (refusal !== undefined) return { type: 'refused', refusal };

  const cannotBeSpared = (info: PodInfo) => {
    room.addPod(info);
    if (feasibility.refusalOfOther(room) === undefined) return false;
    room.removePod(info.key);
    return true;
  };
  const { violating, others } = splitByBudgets(lesser, budgets);
  const against = violating.filter(cannotBeSpared);
  const victims = [...against, ...others.filter(cannotBeSpared)].sort(byImportance);
  return { type: 'candidate', node, victims, violations: against.length };
}
