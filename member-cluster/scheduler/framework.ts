import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

/** The cluster as a pod is being placed. */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[];
  /** Labels of a namespace, for rules that select namespaces. */
  namespaceLabels(name: string): Readonly<Record<string, string>>;
}

/** Why a node will not do. */
export interface Refusal {
  /** In the words of the event. */
  readonly reasons: readonly string[];
  /** Whether it might do if some of its pods were gone. */
  readonly couldChange: boolean;
}

/** The node will not do, whichever pods it has. */
export function never(...reasons: readonly string[]): Refusal {
  return { reasons, couldChange: false };
}

/** The node will not do with the pods that it has. */
export function notNow(...reasons: readonly string[]): Refusal {
  return { reasons, couldChange: true };
}

/** Undefined when the node will do. */
export type NodeFilter = (node: NodeInfo) => Refusal | undefined;

/** One rule of where a pod may go. Pure. */
export interface FilterPlugin {
  readonly name: string;
  /** What it says of a node depends on the pods of other nodes as well. */
  readonly looksAround?: boolean;
  /** Why no node will do, whichever it is; asked before any is looked at. */
  refusePod?(pod: PodInfo, snapshot: Snapshot): string | undefined;
  /** Looks at the pod once; what it returns looks at each node. Undefined: nothing to say about this pod. */
  forPod(pod: PodInfo, snapshot: Snapshot): NodeFilter | undefined;
}

/** One preference among the nodes that will do. Pure. */
export interface ScorePlugin {
  readonly name: string;
  readonly weight: number;
  /** From 0 to 100 for each node, in their order. Undefined: all alike. */
  score(pod: PodInfo, feasible: readonly NodeInfo[], snapshot: Snapshot): readonly number[] | undefined;
}

const MAX_SCORE = 100;

/** Stretches raw scores so that the highest is 100; all 0 where the highest is. */
export function toHundred(raw: readonly number[]): readonly number[] {
  const highest = Math.max(0, ...raw);
  return highest === 0 ? raw.map(() => 0) : raw.map((score) => (MAX_SCORE * score) / highest);
}

/** As `toHundred`, the lowest raw score being the best. */
export function lowestToHundred(raw: readonly number[]): readonly number[] {
  return toHundred(raw).map((score) => MAX_SCORE - score);
}
