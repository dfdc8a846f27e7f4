import { pods } from '../../../src/apis/index.ts';
import { podIndexes } from '../../pods/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { Expectations } from '../expectations.ts';
import { onPodEvent } from '../pod-events.ts';
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
      const owners = ownerInformer.lister;
      const expectations = new Expectations(clock);
      ownerInformer.onEvent(({ key }) => {
        queue.add(key);
      });
      podInformer.onEvent((event) => {
        onPodEvent(event, { queue, expectations, owners, kind: kind.kind, selectorOf: kind.selectorOf });
      });
      return replicaReconciler({
        kind,
        owners,
        pods: podInformer.lister,
        client,
        clock,
        expectations,
        events: events(kind.component),
      });
    },
  };
}
