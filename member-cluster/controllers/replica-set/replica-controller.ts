import { controllerOf, keyOf, matchesLabels } from '../../../src/apimachinery/index.ts';
import { pods, type Pod } from '../../../src/apis/index.ts';
import type { InformerEvent, Lister, WorkQueue } from '../../../src/controller/index.ts';
import { podIndexes } from '../../pods/index.ts';
import { controllerKey, type ControllerDefinition } from '../controller-definition.ts';
import { Expectations } from '../expectations.ts';
import { uidOf } from '../ownership.ts';
import type { ReplicaKind, ReplicaOwner } from './replica-owner.ts';
import { replicaReconciler } from './replica-set.ts';

/** The controller of all objects of a kind that keeps replicas. */
export function replicaController<T extends ReplicaOwner>(kind: ReplicaKind<T>): ControllerDefinition {
  return {
    name: kind.name,
    workers: 5,
    build({ informers, client, clock, events }, queue) {
      const ownerInformer = informers.of(kind.resource);
      const podInformer = informers.of(pods, { indexes: podIndexes });
      const expectations = new Expectations(clock);
      ownerInformer.onEvent(({ key }) => {
        queue.add(key);
      });
      podInformer.onEvent((event) => {
        onPod(event, { queue, expectations, kind, owners: ownerInformer.lister });
      });
      return replicaReconciler({
        kind,
        owners: ownerInformer.lister,
        pods: podInformer.lister,
        client,
        clock,
        expectations,
        events: events(kind.component),
      });
    },
  };
}

interface PodEventDeps<T extends ReplicaOwner> {
  readonly queue: WorkQueue;
  readonly expectations: Expectations;
  readonly kind: ReplicaKind<T>;
  readonly owners: Lister<T>;
}

function onPod<T extends ReplicaOwner>({ type, object, previous }: InformerEvent<Pod>, deps: PodEventDeps<T>): void {
  const { queue, expectations, kind } = deps;
  const key = controllerKey(object, kind.kind);
  const before = previous === undefined ? undefined : controllerKey(previous, kind.kind);
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
function offer<T extends ReplicaOwner>({ metadata }: Pod, { queue, kind, owners }: PodEventDeps<T>): void {
  for (const owner of owners.list(metadata.namespace)) {
    if (matchesLabels(kind.selectorOf(owner), metadata.labels)) queue.add(keyOf(owner));
  }
}
