import { controllerOf, keyOf, labelSelectorOf, matchesLabels } from '../../../src/apimachinery/index.ts';
import { pods, replicaSets } from '../../../src/apis/index.ts';
import type { Pod, ReplicaSet } from '../../../src/apis/index.ts';
import type { InformerEvent, Lister, WorkQueue } from '../../../src/controller/index.ts';
import { controllerKey, type ControllerDefinition } from '../controller-definition.ts';
import { Expectations } from '../expectations.ts';
import { uidOf } from '../ownership.ts';
import { podIndexes } from '../../pods/index.ts';
import { replicaSetReconciler } from './replica-set.ts';

export const replicaSetController: ControllerDefinition = {
  name: 'replicaset',
  workers: 5,
  build({ informers, client, clock, events }, queue) {
    const replicaSetInformer = informers.of(replicaSets);
    const podInformer = informers.of(pods, { indexes: podIndexes });
    const expectations = new Expectations(clock);
    replicaSetInformer.onEvent(({ key }) => {
      queue.add(key);
    });
    podInformer.onEvent((event) => {
      onPod(event, { queue, expectations, replicaSets: replicaSetInformer.lister });
    });
    return replicaSetReconciler({
      replicaSets: replicaSetInformer.lister,
      pods: podInformer.lister,
      client,
      clock,
      expectations,
      events: events('replicaset-controller'),
    });
  },
};

interface PodEventDeps {
  readonly queue: WorkQueue;
  readonly expectations: Expectations;
  readonly replicaSets: Lister<ReplicaSet>;
}

function onPod({ type, object, previous }: InformerEvent<Pod>, deps: PodEventDeps): void {
  const { queue, expectations } = deps;
  const key = controllerKey(object, 'ReplicaSet');
  const before = previous === undefined ? undefined : controllerKey(previous, 'ReplicaSet');
  if (key !== undefined) {
    const leaving = type === 'delete' || object.metadata.deletionTimestamp !== undefined;
    if (leaving) expectations.deleted(key, uidOf(object));
    if (type === 'add') expectations.created(key);
    queue.add(key);
  } else if (type !== 'delete' && controllerOf(object) === undefined) {
    offer(object, deps);
  }
  if (before !== undefined && before !== key) queue.add(before);
}

/** A pod that nobody controls may be adopted by those that select it. */
function offer({ metadata }: Pod, { queue, replicaSets }: PodEventDeps): void {
  for (const replicaSet of replicaSets.list(metadata.namespace)) {
    const selector = labelSelectorOf(replicaSet.spec?.selector);
    if (matchesLabels(selector, metadata.labels)) queue.add(keyOf(replicaSet));
  }
}
