import { findCondition, formatTime, isNotFound, setCondition } from '../../../src/apimachinery/index.ts';
import { pods as podResource, type Pod } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import type { Lister, Reconciler } from '../../../src/controller/index.ts';
import { isTerminal, podIndexes } from '../../pods/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';

/** A pod that was said to end and is not deleted within this time is to stay after all. */
const STALE_MS = 120_000;

export interface StaleTargetDeps {
  readonly pods: Pick<Lister<Pod>, 'get'>;
  readonly client: Client;
  readonly clock: Clock;
}

/** Takes back what pods are told of their end where nobody ends them: whoever meant to has failed. */
export const staleTargetController: ControllerDefinition = {
  name: 'stale-pod-disruption',
  build({ informers, client, clock }, queue) {
    const pods = informers.of(podResource, { indexes: podIndexes });
    pods.onEvent(({ type, key, object }) => {
      if (type !== 'delete' && isTarget(object)) queue.add(key);
    });
    return staleTargetReconciler({ pods: pods.lister, client, clock });
  },
};

export function staleTargetReconciler({ pods, client, clock }: StaleTargetDeps): Reconciler {
  return async (key, signal) => {
    const pod = pods.get(key);
    if (pod === undefined || !isTarget(pod)) return {};
    const now = clock.now();
    const since = Date.parse(findCondition(pod.status?.conditions, 'DisruptionTarget')?.lastTransitionTime ?? '');
    const leftMs = Number.isNaN(since) ? 0 : since + STALE_MS - now;
    if (leftMs > 0) return { requeueAfterMs: leftMs };
    const condition = { type: 'DisruptionTarget', status: 'False', lastTransitionTime: formatTime(now) };
    const conditions = setCondition(pod.status?.conditions, condition, now);
    try {
      await client.updateStatus(podResource, { ...pod, status: { ...pod.status, conditions } }, { signal });
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
    return {};
  };
}

function isTarget(pod: Pod): boolean {
  const isGoing = pod.metadata.deletionTimestamp !== undefined || isTerminal(pod);
  return !isGoing && findCondition(pod.status?.conditions, 'DisruptionTarget')?.status === 'True';
}
