import type { FilterPlugin, NodeFilter, ScorePlugin, Snapshot } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

export interface Plugins {
  readonly filters: readonly FilterPlugin[];
  readonly scores: readonly ScorePlugin[];
}

export type Placement =
  | { readonly type: 'placed'; readonly node: NodeInfo }
  /** In the words of the event `FailedScheduling`. */
  | { readonly type: 'unschedulable'; readonly message: string };

/** In large clusters scoring stops at a sample of the nodes that will do: so many at least. */
const MIN_SAMPLE = 100;

export interface PlaceOptions {
  /** Which node to look at first, so that a sample does not always have the same ones. */
  readonly from?: number;
  /** In [0, 1): decides between nodes of the same score. */
  readonly random: () => number;
}

/** The best node for a pod, or why there is none. */
export function place(pod: PodInfo, snapshot: Snapshot, plugins: Plugins, options: PlaceOptions): Placement {
  const { nodes } = snapshot;
  if (nodes.length === 0) return { type: 'unschedulable', message: 'no nodes available to schedule pods' };

  const { feasible, reasons } = filter(pod, snapshot, plugins.filters, options.from ?? 0);
  const [only] = feasible;
  if (only === undefined) return { type: 'unschedulable', message: failureMessage(nodes.length, reasons) };
  if (feasible.length === 1) return { type: 'placed', node: only };
  return { type: 'placed', node: best(pod, snapshot, plugins.scores, { feasible, random: options.random }) ?? only };
}

function filter(
  pod: PodInfo,
  snapshot: Snapshot,
  plugins: readonly FilterPlugin[],
  from: number,
): { readonly feasible: readonly NodeInfo[]; readonly reasons: ReadonlyMap<string, number> } {
  const { nodes } = snapshot;
  const filters = plugins.flatMap((plugin) => plugin.forPod(pod, snapshot) ?? []);
  const enough = sampleSize(nodes.length);
  const feasible: NodeInfo[] = [];
  const reasons = new Map<string, number>();
  for (let step = 0; step < nodes.length && feasible.length < enough; step++) {
    const node = nodes[(from + step) % nodes.length];
    if (node === undefined) continue;
    const reason = firstReason(filters, node);
    if (reason === undefined) feasible.push(node);
    else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return { feasible, reasons };
}

function firstReason(filters: readonly NodeFilter[], node: NodeInfo): string | undefined {
  for (const each of filters) {
    const reason = each(node);
    if (reason !== undefined) return reason;
  }
  return undefined;
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

function failureMessage(nodes: number, reasons: ReadonlyMap<string, number>): string {
  const counted = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodes} nodes are available: ${counted.join(', ')}.`;
}
