import type { PodDisruptionBudget } from '../../../src/apis/index.ts';
import type { Feasibility } from '../feasibility.ts';
import { never, type Refusal } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { failureMessage } from '../place.ts';
import type { PodInfo } from '../pod-info.ts';
import { bestCandidate } from './choice.ts';
import { victimsOn, type Candidate } from './victims.ts';

export type Preemption =
  | Candidate
  /** In the words of the event `FailedScheduling`. `isWaiting`: room is being made already. */
  | { readonly type: 'none'; readonly message: string; readonly isWaiting: boolean };

export interface PreemptOptions {
  /** Of each node, why it will not do. */
  readonly refusals: ReadonlyMap<NodeInfo, Refusal>;
  readonly budgets: readonly PodDisruptionBudget[];
  /** Where room is being made for the pod. */
  readonly nominated: string | undefined;
  /** In [0, 1): which node to look at first. */
  readonly random: () => number;
}

/** In large clusters the search stops at a tenth of the nodes: at so many candidates at least. */
const MIN_CANDIDATES = 100;
/** The same where each look at a node is one at the pods of all. */
const MAX_CANDIDATES_OF_ALL = 20;

const NOT_HELPFUL = never('Preemption is not helpful for scheduling');

/** Where to make room for a pod that fits nowhere, by ending pods that are less important. Pure. */
export function preempt(feasibility: Feasibility, options: PreemptOptions): Preemption {
  const { refusals } = options;
  const why = ineligible(feasibility.pod, options);
  if (why !== undefined) return { type: 'none', message: `preemption: ${why}`, isWaiting: why === TERMINATING };

  const { candidates, without } = search(feasibility, options);
  const best = bestCandidate(candidates);
  return best ?? { type: 'none', message: `preemption: ${failureMessage(refusals.size, without)}`, isWaiting: false };
}

const TERMINATING = 'not eligible due to a terminating pod on the nominated node.';

/** Why room cannot be made for the pod, or need not. */
function ineligible({ pod, priority }: PodInfo, { refusals, nominated }: PreemptOptions): string | undefined {
  if (pod.spec?.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const [node, refusal] = [...refusals].find(([{ name }]) => name === nominated) ?? [];
  if (node === undefined || refusal?.couldChange === false) return undefined;
  const isGoing = (info: PodInfo) => info.priority < priority && info.pod.metadata.deletionTimestamp !== undefined;
  return node.pods.values().some(isGoing) ? TERMINATING : undefined;
}

function search(
  feasibility: Feasibility,
  { refusals, budgets, random }: PreemptOptions,
): { readonly candidates: readonly Candidate[]; readonly without: ReadonlyMap<NodeInfo, Refusal> } {
  const helpful = [...refusals].filter(([, { couldChange }]) => couldChange).map(([node]) => node);
  const without = new Map<NodeInfo, Refusal>();
  for (const [node, { couldChange }] of refusals) if (!couldChange) without.set(node, NOT_HELPFUL);

  const enough = feasibility.looksAround
    ? MAX_CANDIDATES_OF_ALL
    : Math.max(MIN_CANDIDATES, Math.floor(refusals.size / 10));
  const offset = Math.floor(random() * helpful.length);
  const candidates: Candidate[] = [];
  let isHarmless = false;
  for (let step = 0; step < helpful.length && !(isHarmless && candidates.length >= enough); step++) {
    const node = helpful[(offset + step) % helpful.length];
    if (node === undefined) continue;
    const found = victimsOn(node, feasibility, budgets);
    if (found.type === 'candidate') candidates.push(found);
    else without.set(node, found.refusal);
    isHarmless ||= found.type === 'candidate' && found.violations === 0;
  }
  return { candidates, without };
}
