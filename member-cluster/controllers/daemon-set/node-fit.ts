import type { Node, PodSpec, Taint } from '../../../src/apis/index.ts';
import { tolerates } from '../../pods/index.ts';
import { matchesRequired } from '../../scheduler/index.ts';
import { nameOf } from '../ownership.ts';

/**
 * `run`: a daemon belongs there. `stay`: one that is there may stay, no other comes. `leave`: none may be there.
 * `gone`: there is no such node.
 */
export type Fit = 'run' | 'stay' | 'leave' | 'gone';

/** Whether daemons of this spec belong on the node, by the scheduler's rules, but for room: without that they wait. */
export function fitOf(spec: PodSpec, node: Node): Fit {
  const name = nameOf(node);
  const { nodeName = '' } = spec;
  if (nodeName !== '' && nodeName !== name) return 'leave';
  if (!matchesRequired({ spec }, { name, labels: node.metadata.labels ?? {} })) return 'leave';
  const untolerated = (node.spec?.taints ?? []).filter((taint) => !isTolerated(spec, taint));
  if (untolerated.some(({ effect }) => effect === 'NoExecute')) return 'leave';
  return untolerated.some(({ effect }) => effect === 'NoSchedule') ? 'stay' : 'run';
}

function isTolerated({ tolerations = [] }: PodSpec, taint: Taint): boolean {
  return tolerations.some((toleration) => tolerates(toleration, taint));
}
