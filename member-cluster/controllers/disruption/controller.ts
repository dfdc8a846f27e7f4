import { deepEqual, isNotFound, keyOf } from '../../../src/apimachinery/index.ts';
import {
  deployments,
  podDisruptionBudgets,
  pods as podResource,
  replicaSets,
  replicationControllers,
  statefulSets,
  type Pod,
  type PodDisruptionBudget,
  type PodDisruptionBudgetStatus,
} from '../../../src/apis/index.ts';
import type { EventRecorder } from '../../../src/controller/index.ts';
import { podIndexes } from '../../pods/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { asksControllers, budgetStatus, failedStatus, podsOf, stayed } from './budget-status.ts';
import { expectedScale, ScaleUnknown, type FindScale } from './expected-scale.ts';
import { findScale } from './find-scale.ts';

/** Evictions that came to nothing are forgotten by then. */
const LOOK_AGAIN_MS = 60_000;

/** Keeps the status of PodDisruptionBudgets, by which evictions are allowed. */
export const disruptionController: ControllerDefinition = {
  name: 'disruption',
  build({ informers, client, clock, settings, events }, queue) {
    const recorder = events('controllermanager');
    const budgets = informers.of(podDisruptionBudgets);
    const pods = informers.of(podResource, { indexes: podIndexes });
    const known = {
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

    return async (key, signal) => {
      const budget = budgets.lister.get(key);
      if (budget === undefined) return {};
      const find = findScale({ known, client, resources: settings.resources }, signal);
      const own = podsOf(budget, pods.lister.list(budget.metadata.namespace));
      const { status, problem } = await workOut({ budget, pods: own, find, now: clock.now() }, recorder);
      try {
        if (!deepEqual(status, budget.status)) {
          await client.updateStatus(podDisruptionBudgets, { ...budget, status }, { signal });
        }
      } catch (err) {
        if (!isNotFound(err)) throw err;
      }
      // What is missing may come without a word of it: asked again, ever more rarely.
      if (problem !== undefined) throw problem;
      return status.disruptedPods === undefined ? {} : { requeueAfterMs: LOOK_AGAIN_MS };
    };
  },
};

interface Given {
  readonly budget: PodDisruptionBudget;
  readonly pods: readonly Pod[];
  readonly find: FindScale;
  readonly now: number;
}

async function workOut(
  { budget, pods, find, now }: Given,
  events: EventRecorder,
): Promise<{ readonly status: PodDisruptionBudgetStatus; readonly problem?: ScaleUnknown }> {
  if (pods.length === 0) events.event(budget, 'Normal', 'NoPods', 'No matching pods found');
  for (const pod of stayed(budget, pods, now)) {
    const why = `Pod was expected by PDB ${keyOf(budget)} to be deleted but it wasn't`;
    events.event(pod, 'Warning', 'NotDeleted', why);
  }
  try {
    const expectedPods = asksControllers(budget) ? await expectedScale(pods, find) : pods.length;
    return { status: budgetStatus({ budget, pods, expectedPods, now }) };
  } catch (err) {
    if (!(err instanceof ScaleUnknown)) throw err;
    const why = `Failed to calculate the number of expected pods: ${err.message}`;
    events.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', why);
    return { status: failedStatus(budget, err.message, now), problem: err };
  }
}
