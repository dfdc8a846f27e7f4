import { deepEqual, isNotFound, keyOf } from '../../../src/apimachinery/index.ts';
import {
  deployments,
  podDisruptionBudgets,
  pods as podResource,
  replicaSets,
  replicationControllers,
  statefulSets,
  type Pod,
} from '../../../src/apis/index.ts';
import { podIndexes } from '../../pods/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { budgetStatus, podsOf } from './budget-status.ts';
import { wantedPods } from './wanted-pods.ts';

/** Evictions that came to nothing are forgotten by then. */
const LOOK_AGAIN_MS = 60_000;

/** Keeps the status of PodDisruptionBudgets, by which evictions are allowed. */
export const disruptionController: ControllerDefinition = {
  name: 'disruption',
  build({ informers, client, clock }, queue) {
    const budgets = informers.of(podDisruptionBudgets);
    const pods = informers.of(podResource, { indexes: podIndexes });
    const controllers = {
      Deployment: informers.of(deployments).lister,
      ReplicaSet: informers.of(replicaSets).lister,
      ReplicationController: informers.of(replicationControllers).lister,
      StatefulSet: informers.of(statefulSets).lister,
    };
    budgets.onEvent(({ type, key }) => {
      if (type !== 'delete') queue.add(key);
    });
    pods.onEvent(({ object, previous }) => {
      const changed = previous === undefined ? [object] : [object, previous];
      for (const budget of budgets.lister.list(object.metadata.namespace)) {
        if (podsOf(budget, changed).length > 0) queue.add(keyOf(budget));
      }
    });

    const wantedBy = (own: readonly Pod[]) => wantedPods(own, controllers);
    return async (key, signal) => {
      const budget = budgets.lister.get(key);
      if (budget === undefined) return {};
      const now = clock.now();
      const status = budgetStatus({ budget, pods: pods.lister.list(budget.metadata.namespace), wantedBy, now });
      try {
        if (!deepEqual(status, budget.status)) {
          await client.updateStatus(podDisruptionBudgets, { ...budget, status }, { signal });
        }
      } catch (err) {
        if (!isNotFound(err)) throw err;
      }
      return status.disruptedPods === undefined ? {} : { requeueAfterMs: LOOK_AGAIN_MS };
    };
  },
};
