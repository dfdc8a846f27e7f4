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
  const { metadata, spec, status } = pod;
  const nodeName = spec?.nodeName ?? '';
  const since = readySince(pod);
  return {
    pod,
    assigned: nodeName === '' ? 0 : 1,
    phase: PHASE_RANK[status?.phase ?? 'Pending'] ?? 1,
    ready: isReady(pod) ? 1 : 0,
    cost: Number(metadata.annotations?.[DELETION_COST] ?? 0) || 0,
    crowd: -(onNode.get(nodeName) ?? 0),
    readyAge: since === undefined ? 0 : Math.floor(Math.log2(Math.max(1, (now - since) / 1000))),
    restarts: -Math.max(0, ...(status?.containerStatuses ?? []).map(({ restartCount }) => restartCount)),
    age: -Date.parse(metadata.creationTimestamp ?? new Date(now).toISOString()),
  };
}

function compare(a: Ranked, b: Ranked): number {
  for (const criterion of CRITERIA) {
    const difference = a[criterion] - b[criterion];
    if (difference !== 0) return difference;
  }
  return 0;
}
