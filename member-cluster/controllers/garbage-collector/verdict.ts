import type { OwnerReference } from '../../../src/apimachinery/index.ts';
import { FOREGROUND, ORPHAN, type GraphNode } from './dependency-graph.ts';

/** What is known of the owner that a reference names. */
export type OwnerState = 'present' | 'absent' | 'waiting for dependents';

export type Verdict =
  | { readonly type: 'keep' }
  /** Some owners remain: only the references to those that do not are dropped. */
  | { readonly type: 'drop references'; readonly keep: readonly OwnerReference[] }
  | { readonly type: 'delete'; readonly propagationPolicy: 'Orphan' | 'Background' | 'Foreground' };

/** Whether an object with owners may go on: it does as long as one of them is there and not waiting for it to go. */
export function verdict(
  node: GraphNode,
  stateOf: (owner: OwnerReference) => OwnerState,
  hasDependents: boolean,
): Verdict {
  if (node.owners.length === 0) return { type: 'keep' };
  const states = new Map(node.owners.map((owner) => [owner, stateOf(owner)]));
  const present = node.owners.filter((owner) => states.get(owner) === 'present');
  if (present.length === node.owners.length) return { type: 'keep' };
  if (present.length > 0) return { type: 'drop references', keep: present };

  const awaited = states.values().some((state) => state === 'waiting for dependents');
  if (awaited && hasDependents) return { type: 'delete', propagationPolicy: 'Foreground' };
  if (node.finalizers.includes(ORPHAN)) return { type: 'delete', propagationPolicy: 'Orphan' };
  if (node.finalizers.includes(FOREGROUND)) return { type: 'delete', propagationPolicy: 'Foreground' };
  return { type: 'delete', propagationPolicy: 'Background' };
}
