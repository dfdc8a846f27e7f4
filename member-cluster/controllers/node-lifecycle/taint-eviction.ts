import { formatTime, isNotFound, setCondition } from '../../../src/apimachinery/index.ts';
import { pods as podResource, type Node, type Pod, type Taint, type Toleration } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import type { EventRecorder, Key, Lister, Reconciler } from '../../../src/controller/index.ts';
import { objectKey } from '../adoption.ts';
import { uidOf } from '../ownership.ts';
import { isActive, tolerates } from '../../pods/index.ts';

export interface TaintEvictionDeps {
  readonly nodes: Lister<Node>;
  readonly pods: Lister<Pod>;
  readonly client: Client;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

/** Deletes pods from nodes whose `NoExecute` taints they do not tolerate, or no longer. */
export function taintEvictionReconciler({ nodes, pods, client, events, clock }: TaintEvictionDeps): Reconciler {
  /** When each pod was first seen on a node that wants it away. */
  const since = new Map<Key, number>();
  return async (key, signal) => {
    const pod = pods.get(key);
    const taints = pod === undefined ? [] : evictingTaints(nodes.get(pod.spec?.nodeName ?? ''));
    if (pod === undefined || taints.length === 0 || !isActive(pod)) {
      since.delete(key);
      return {};
    }
    const seenAt = since.get(key) ?? clock.now();
    since.set(key, seenAt);
    const due = evictionTime(taints, pod.spec?.tolerations ?? [], seenAt);
    if (due === undefined) return {};
    if (due > clock.now()) return { requeueAfterMs: due - clock.now() };

    events.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
    await evict(client, disrupted(pod, clock.now()), signal);
    return {};
  };
}

function evictingTaints(node: Node | undefined): readonly Taint[] {
  return node?.spec?.taints?.filter(({ effect }) => effect === 'NoExecute') ?? [];
}

async function evict(client: Client, pod: Pod, signal: AbortSignal): Promise<void> {
  try {
    await client.updateStatus(podResource, pod, { signal });
    await client.delete(podResource, objectKey(pod), { preconditions: { uid: uidOf(pod) }, signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

/**
 * When a pod with these tolerations must go, in milliseconds since the epoch; undefined for never. Taints that do not
 * say since when they are there count from `seenAt`.
 */
export function evictionTime(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  seenAt: number,
): number | undefined {
  const times = taints
    .filter(({ effect }) => effect === 'NoExecute')
    .map((taint) => {
      const matching = tolerations.filter((toleration) => tolerates(toleration, taint));
      if (matching.length === 0) return 0;
      const seconds = matching.flatMap(({ tolerationSeconds }) => tolerationSeconds ?? []);
      if (seconds.length === 0) return Number.POSITIVE_INFINITY;
      const added = Date.parse(taint.timeAdded ?? '') || seenAt;
      return added + Math.max(0, Math.min(...seconds)) * 1000;
    });
  const due = Math.min(...times);
  return Number.isFinite(due) ? due : undefined;
}

function disrupted(pod: Pod, now: number): Pod {
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    lastTransitionTime: formatTime(now),
  };
  return { ...pod, status: { ...pod.status, conditions: setCondition(pod.status?.conditions, condition, now) } };
}
