import { isConflict, isNotFound, setCondition } from '../../src/apimachinery/index.ts';
import { nodes as nodeResource, pods as podResource, type Node, type Pod } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import type { Lister, Reconciler } from '../../src/controller/index.ts';
import { objectKey } from './adoption.ts';
import type { ControllerDefinition } from './controller-definition.ts';
import { isTerminal, podIndexes } from '../pods/index.ts';

/** A node must be missing for so long before its pods go: its registration may just be on the way. */
const QUARANTINE_MS = 40_000;
const PERIOD_MS = 20_000;
/** Pods that have ended are kept up to this number. */
const MAX_TERMINATED = 12_500;

export interface PodGarbageDeps {
  readonly pods: Lister<Pod>;
  readonly nodes: Lister<Node>;
  readonly client: Client;
  readonly clock: Clock;
}

/** Deletes pods that no kubelet will ever clear away. The key is of no matter. */
export function podGarbageReconciler({ pods, nodes, client, clock }: PodGarbageDeps): Reconciler {
  const missingSince = new Map<string, number>();
  return async (_key, signal) => {
    const now = clock.now();
    const all = pods.list();
    const used = new Set(all.flatMap(({ spec }) => spec?.nodeName ?? []));
    const missing = [...used].filter((node) => nodes.get(node) === undefined);
    for (const node of missingSince.keys()) if (!missing.includes(node)) missingSince.delete(node);
    for (const node of missing) missingSince.set(node, missingSince.get(node) ?? now);
    const lost = new Set(missing.filter((node) => now - (missingSince.get(node) ?? now) >= QUARANTINE_MS));

    for (const pod of podGarbage(all, lost)) {
      await tellEnd(client, lost.has(pod.spec?.nodeName ?? '') ? lostWithNode(pod, now) : pod, signal);
      await remove(client, pod, signal);
    }
    return { requeueAfterMs: PERIOD_MS };
  };
}

/** Pods bound to lost nodes, pods deleted before they were placed, and the oldest of too many that have ended. */
export function podGarbage(
  pods: readonly Pod[],
  lostNodes: ReadonlySet<string>,
  maxTerminated = MAX_TERMINATED,
): readonly Pod[] {
  const orphaned = pods.filter(({ spec }) => spec?.nodeName !== undefined && lostNodes.has(spec.nodeName));
  const unplaced = pods.filter(
    ({ metadata, spec }) => metadata.deletionTimestamp !== undefined && (spec?.nodeName ?? '') === '',
  );
  const ended = pods.filter((pod) => isTerminal(pod) && !lostNodes.has(pod.spec?.nodeName ?? ''));
  const surplus = ended
    .toSorted((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1))
    .slice(0, Math.max(0, ended.length - maxTerminated));
  return [...new Set([...orphaned, ...unplaced, ...surplus])];
}

function lostWithNode(pod: Pod, now: number): Pod {
  const why = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' };
  const conditions = setCondition(pod.status?.conditions, { type: 'DisruptionTarget', status: 'True', ...why }, now);
  return { ...pod, status: { ...pod.status, conditions } };
}

/** Who has put a finalizer on a pod waits to hear how it ended, and no kubelet will say so. */
async function tellEnd(client: Client, pod: Pod, signal: AbortSignal): Promise<void> {
  if (isTerminal(pod) || (pod.metadata.finalizers ?? []).length === 0) return;
  try {
    await client.updateStatus(podResource, { ...pod, status: { ...pod.status, phase: 'Failed' } }, { signal });
  } catch (err) {
    if (!isNotFound(err) && !isConflict(err)) throw err;
  }
}

async function remove(client: Client, pod: Pod, signal: AbortSignal): Promise<void> {
  const preconditions = { uid: pod.metadata.uid ?? '' };
  try {
    await client.delete(podResource, objectKey(pod), { gracePeriodSeconds: 0, preconditions, signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

export const podGarbageController: ControllerDefinition = {
  name: 'pod-garbage-collector',
  build({ informers, client, clock }, queue) {
    queue.add('all pods');
    return podGarbageReconciler({
      pods: informers.of(podResource, { indexes: podIndexes }).lister,
      nodes: informers.of(nodeResource).lister,
      client,
      clock,
    });
  },
};
