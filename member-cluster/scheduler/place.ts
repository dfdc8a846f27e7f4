import type { Feasibility } from './feasibility.ts';
import { never, type FilterPlugin, type Refusal, type ScorePlugin, type Snapshot } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

export interface Plugins {
  readonly filters: readonly FilterPlugin[];
  readonly scores: readonly ScorePlugin[];
}

export type Placement = { readonly type: 'placed'; readonly node: NodeInfo } | Unschedulable;

export interface Unschedulable {
  readonly type: 'unschedulable';
  /** In the words of the event `FailedScheduling`. */
  readonly message: string;
  /** Of each node. */
  readonly refusals: ReadonlyMap<NodeInfo, Refusal>;
}

/** In large clusters scoring stops at a sample of the nodes that will do: so many at least. */
const MIN_SAMPLE = 100;

export interface PlaceOptions {
  /** Which node to look at first, so that a sample does not always have the same ones. */
  readonly from?: number;
  /** Room was made for the pod there: no other is looked at while that one will do. */
  readonly nominated?: string | undefined;
  /** In [0, 1): decides between nodes of the same score. */
  readonly random: () => number;
}

/** The best node for a pod, or why there is none. */
export function place(
  feasibility: Feasibility,
  snapshot: Snapshot,
  scores: readonly ScorePlugin[],
  options: PlaceOptions,
): Placement {
  const { nodes } = snapshot;
  if (nodes.length === 0) return { type: 'unschedulable', message: NO_NODES, refusals: new Map() };

  if (feasibility.podRefusal !== undefined) return refusedByAll(nodes, feasibility.podRefusal);
  const nominated = options.nominated === undefined ? undefined : nodes.find(({ name }) => name === options.nominated);
  if (nominated !== undefined && feasibility.refusal(nominated) === undefined) {
    return { type: 'placed', node: nominated };
  }
  const { feasible, refusals } = filter(feasibility, nodes, options.from ?? 0);
  const [only] = feasible;
  if (only === undefined) return { type: 'unschedulable', message: failureMessage(nodes.length, refusals), refusals };
  if (feasible.length === 1) return { type: 'placed', node: only };
  return {
    type: 'placed',
    node: best(feasibility.pod, snapshot, scores, { feasible, random: options.random }) ?? only,
  };
}

function refusedByAll(nodes: readonly NodeInfo[], reason: string): Unschedulable {
  const refusals = new Map(nodes.map((node) => [node, never(reason)]));
  return { type: 'unschedulable', message: `0/${nodes.length} nodes are available: ${reason}.`, refusals };
}

const NO_NODES = 'no nodes available to schedule pods';

function filter(
  feasibility: Feasibility,
  nodes: readonly NodeInfo[],
  from: number,
): { readonly feasible: readonly NodeInfo[]; readonly refusals: ReadonlyMap<NodeInfo, Refusal> } {
  const enough = sampleSize(nodes.length);
  const feasible: NodeInfo[] = [];
  const refusals = new Map<NodeInfo, Refusal>();
  for (let step = 0; step < nodes.length && feasible.length < enough; step++) {
    const node = nodes[(from + step) % nodes.length];
    if (node === undefined) continue;
    const refusal = feasibility.refusal(node);
    if (refusal === undefined) feasible.push(node);
    else refusals.set(node, refusal);
  }
  return { feasible, refusals };
}

/** All nodes of a small cluster; from half of them down to one in twenty as it grows. */
function sampleSize(nodes: number): number {
  if (nodes <= MIN_SAMPLE) return nodes;
  const percentage = Math.max(5, 50 - nodes / 125);
  return Math.max(MIN_SAMPLE, Math.floor((nodes * percentage) / 100));
}

function best(
  pod: PodInfo,
  snapshot: Snapshot,
  plugins: readonly ScorePlugin[],
  { feasible, random }: { readonly feasible: readonly NodeInfo[]; readonly random: () => number },
): NodeInfo | undefined {
  const totals = new Float64Array(feasible.length);
  for (const plugin of plugins) {
    const scores = plugin.score(pod, feasible, snapshot);
    scores?.forEach((score, index) => {
      totals[index] = (totals[index] ?? 0) + plugin.weight * Math.round(score);
    });
  }
  const highest = Math.max(...totals);
  const candidates = feasible.filter((_node, index) => totals[index] === highest);
  return candidates[Math.floor(random() * candidates.length)];
}

/** Of nodes that refuse a pod, how often each reason was given. */
export function failureMessage(nodes: number, refusals: ReadonlyMap<NodeInfo, Refusal>): string {
  const counts = new Map<string, number>();
  for (const { reasons } of refusals.values()) {
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const counted = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodes} nodes are available: ${counted.join(', ')}.`;
}
