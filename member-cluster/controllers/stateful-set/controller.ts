import { keyOf, labelSelectorOf } from '../../../src/apimachinery/index.ts';
import {
  controllerRevisions,
  persistentVolumeClaims,
  pods,
  statefulSets,
  type StatefulSet,
} from '../../../src/apis/index.ts';
import { ownerIndexes, podIndexes } from '../../pods/index.ts';
import { controllerKey, type ControllerDefinition } from '../controller-definition.ts';
import { onPodEvent } from '../pod-events.ts';
import { statefulSetReconciler } from './stateful-set.ts';

export const statefulSetController: ControllerDefinition = {
  name: 'statefulset',
  workers: 5,
  build({ informers, client, clock, events }, queue) {
    const setInformer = informers.of(statefulSets);
    const podInformer = informers.of(pods, { indexes: podIndexes });
    const claimInformer = informers.of(persistentVolumeClaims);
    const revisionInformer = informers.of(controllerRevisions, { indexes: ownerIndexes });
    const owners = setInformer.lister;
    setInformer.onEvent(({ key }) => {
      queue.add(key);
    });
    podInformer.onEvent((event) => {
      onPodEvent(event, { queue, owners, kind: 'StatefulSet', selectorOf });
    });
    revisionInformer.onEvent(({ object }) => {
      const key = controllerKey(object, 'StatefulSet');
      if (key !== undefined) queue.add(key);
    });
    // A new pod waits for the claims of the one before it to be gone.
    claimInformer.onEvent(({ type, object }) => {
      if (type !== 'delete') return;
      for (const set of owners.list(object.metadata.namespace)) {
        if (set.spec?.volumeClaimTemplates !== undefined) queue.add(keyOf(set));
      }
    });
    return statefulSetReconciler({
      statefulSets: owners,
      pods: podInformer.lister,
      claims: claimInformer.lister,
      revisions: revisionInformer.lister,
      revisionKind: { resource: statefulSets, hashLabel: 'controller.kubernetes.io/hash' },
      client,
      clock,
      events: events('statefulset-controller'),
    });
  },
};

const selectorOf = ({ spec }: StatefulSet) => labelSelectorOf(spec?.selector);
