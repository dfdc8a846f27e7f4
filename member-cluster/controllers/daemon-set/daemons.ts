import { parseTime } from '../../../src/apimachinery/index.ts';
import type { DaemonSet, Node, Pod } from '../../../src/apis/index.ts';
import { isTerminal } from '../../pods/index.ts';
import { nameOf } from '../ownership.ts';
import { POD_REVISION } from '../revisions/revision-history.ts';
import { daemonSpec, targetNode } from './daemon-pod.ts';
import { fitOf, type Fit } from './node-fit.ts';

/** A node and the daemons that it has, or is meant to have. */
export interface Place {
  readonly node: string;
  readonly fit: Fit;
  /** Those with a node first, then the oldest. None that ended and is being deleted: its successor may come. */
  readonly pods: readonly Pod[];
}

/** Every node, and every place of a pod that is no node any more. */
export function placesOf(daemonSet: DaemonSet, nodes: readonly Node[], pods: readonly Pod[]): readonly Place[] {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    const node = targetNode(pod);
    if (node === undefined || (isTerminal(pod) && isLeaving(pod))) continue;
    byNode.set(node, [...(byNode.get(node) ?? []), pod]);
  }
  const spec = daemonSpec(daemonSet);
  const places = nodes.map((node): Place => {
    const name = nameOf(node);
    const own = byNode.get(name) ?? [];
    byNode.delete(name);
    return { node: name, fit: fitOf(spec, node), pods: own.sort(byPlaceAndAge) };
  });
  return [...places, ...[...byNode].map(([node, own]): Place => ({ node, fit: 'gone', pods: own }))];
}

export const isLeaving = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;

export const isOf = (hash: string, { metadata }: Pod): boolean => metadata.labels?.[POD_REVISION] === hash;

export const isDesired = ({ fit }: Place): boolean => fit === 'run';

/** Has been given its node. */
export const isPlaced = ({ spec }: Pod): boolean => (spec?.nodeName ?? '') !== '';

function byPlaceAndAge(a: Pod, b: Pod): number {
  if (isPlaced(a) !== isPlaced(b)) return isPlaced(a) ? -1 : 1;
  const [bornA = 0, bornB = 0] = [a, b].map(({ metadata }) => parseTime(metadata.creationTimestamp));
  if (bornA !== bornB) return bornA - bornB;
  return nameOf(a) < nameOf(b) ? -1 : 1;
}
