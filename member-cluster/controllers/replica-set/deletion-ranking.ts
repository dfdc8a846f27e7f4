import { parseTime } from '../../../src/apimachinery/index.ts';
import type { Pod } from '../../../src/apis/index.ts';
import { isReady, readySince } from '../../pods/index.ts';

const PHASE_RANK: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

interface Ranked {
  readonly pod: Pod;
  readonly assigned: number;
  readonly phase: number;
  readonly ready: number;
  readonly cost: number;
  /** Pods of the same family on the same node, as a negative number: the crowded go first. */
  readonly crowd: number;
  /** Power of two of the seconds it has been ready: small differences in age should not decide. */
  readonly readyAge: number;
  /** Negative: the most restarted go first. */
  readonly restarts: number;
  readonly age: number;
}

const CRITERIA = ['assigned', 'phase', 'ready', 'cost', 'crowd', 'readyAge', 'restarts', 'age'] as const;

/**
 * Which `count` of `pods` to delete, in the order of the ReplicaSet controller: those whose loss costs least first.
 * `family` is every pod of the workload, old revisions included.
 */
export function podsToDelete(pods: readonly Pod[], family: readonly Pod[], count: number, now: number): readonly Pod[] {
  if (count <= 0) return [];
  if (count >= pods.length) return pods;
  const onNode = new Map<string, number>();
  for (const { spec } of family) {
    if (spec?.nodeName !== undefined) onNode.set(spec.nodeName, (onNode.get(spec.nodeName) ?? 0) + 1);
  }
  return pods
    .map((pod) => rank(pod, onNode, now))
    .sort(compare)
    .slice(0, count)
    .map(({ pod }) => pod);
}

function rank(pod: Pod, onNode: ReadonlyMap<string, number>, now: number): Ranked {
  const { metadata, spec } = pod;
  const { phase = 'Pending', containerStatuses = [] } = pod.status ?? {};
  const nodeName = spec?.nodeName ?? '';
  const readyForSeconds = Math.max(1, (now - (readySince(pod) ?? now)) / 1000);
  return {
    pod,
    assigned: nodeName === '' ? 0 : 1,
    phase: PHASE_RANK[phase] ?? 1,
    ready: isReady(pod) ? 1 : 0,
    cost: costOf(pod),
    crowd: -(onNode.get(nodeName) ?? 0),
    readyAge: Math.floor(Math.log2(readyForSeconds)),
    restarts: -Math.max(0, ...containerStatuses.map(({ restartCount }) => restartCount)),
    age: -(parseTime(metadata.creationTimestamp) ?? now),
  };
}

function costOf({ metadata }: Pod): number {
  return Number(metadata.annotations?.[DELETION_COST] ?? 0) || 0;
}

function compare(a: Ranked, b: Ranked): number {
  for (const criterion of CRITERIA) {
    const difference = a[criterion] - b[criterion];
    if (difference !== 0) return difference;
  }
  return 0;
}
