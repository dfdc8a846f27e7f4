import { deepEqual, findCondition, formatTime } from '../../../src/apimachinery/index.ts';
import type { Node, NodeCondition, Taint } from '../../../src/apis/index.ts';

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';

/** Taints that follow from conditions: while the condition has the status, nothing new is placed there. */
const CONDITION_TAINTS: readonly { readonly type: string; readonly status: string; readonly key: string }[] = [
  { type: 'Ready', status: 'False', key: NOT_READY },
  { type: 'Ready', status: 'Unknown', key: UNREACHABLE },
  { type: 'MemoryPressure', status: 'True', key: 'node.kubernetes.io/memory-pressure' },
  { type: 'DiskPressure', status: 'True', key: 'node.kubernetes.io/disk-pressure' },
  { type: 'PIDPressure', status: 'True', key: 'node.kubernetes.io/pid-pressure' },
  { type: 'NetworkUnavailable', status: 'True', key: 'node.kubernetes.io/network-unavailable' },
];

const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Taint keys that this controller gives and takes; all others are the user's. */
const OWN_KEYS: ReadonlySet<string> = new Set([...CONDITION_TAINTS.map(({ key }) => key), UNSCHEDULABLE]);

const KUBELET_CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

export function readyStatus(node: Node): string {
  return findCondition(node.status?.conditions, 'Ready')?.status ?? 'Unknown';
}

/** The node as one that nobody has heard of: what its kubelet last said is not known to hold. */
export function withoutHeartbeat(node: Node, now: number): Node {
  const conditions = node.status?.conditions ?? [];
  const time = formatTime(now);
  const unknown = KUBELET_CONDITIONS.map((type): NodeCondition => {
    const before = findCondition(conditions, type);
    if (before?.status === 'Unknown') return before;
    const never = before === undefined;
    return {
      type,
      status: 'Unknown',
      ...(before?.lastHeartbeatTime === undefined ? {} : { lastHeartbeatTime: before.lastHeartbeatTime }),
      lastTransitionTime: time,
      reason: never ? 'NodeStatusNeverUpdated' : 'NodeStatusUnknown',
      message: never ? 'Kubelet never posted node status.' : 'Kubelet stopped posting node status.',
    };
  });
  const others = conditions.filter(({ type }) => !KUBELET_CONDITIONS.some((known) => known === type));
  const next = [...others, ...unknown];
  return sameConditions(next, conditions) ? node : { ...node, status: { ...node.status, conditions: next } };
}

function sameConditions(a: readonly NodeCondition[], b: readonly NodeCondition[]): boolean {
  return a.every((condition) => b.includes(condition));
}

/** The taints the node should have: the user's as they are, ours as its conditions demand. */
export function taintsOf(node: Node, now: number): readonly Taint[] {
  const present = node.spec?.taints ?? [];
  const wanted: Taint[] = CONDITION_TAINTS.filter(
    ({ type, status }) => findCondition(node.status?.conditions, type)?.status === status,
  ).flatMap(({ type, key }): readonly Taint[] => [
    { key, effect: 'NoSchedule' },
    ...(type === 'Ready' ? [{ key, effect: 'NoExecute', timeAdded: formatTime(now) }] : []),
  ]);
  if (node.spec?.unschedulable === true) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' });

  const kept = present.filter((taint) => !OWN_KEYS.has(taint.key) || wanted.some((each) => isSame(each, taint)));
  const added = wanted.filter((taint) => !present.some((each) => isSame(each, taint)));
  const next = [...kept, ...added];
  return deepEqual(next, present) ? present : next;
}

const isSame = (a: Taint, b: Taint) => a.key === b.key && a.effect === b.effect;
