import { deepEqual, keyOf, labelSelectorOf } from '../../../src/apimachinery/index.ts';
import { controllerRevisions, daemonSets, nodes, pods, type DaemonSet, type Node } from '../../../src/apis/index.ts';
import { ownerIndexes, podIndexes } from '../../pods/index.ts';
import { controllerKey, type ControllerDefinition } from '../controller-definition.ts';
import { Expectations } from '../expectations.ts';
import { onPodEvent } from '../pod-events.ts';
import { POD_REVISION } from '../revisions/revision-history.ts';
import { daemonSetReconciler } from './daemon-set.ts';
import { FailedPodBackOff } from './failed-pod-back-off.ts';

export const daemonSetController: ControllerDefinition = {
  name: 'daemonset',
  workers: 2,
  build({ informers, client, clock, events }, queue) {
    const daemonSetInformer = informers.of(daemonSets);
    const nodeInformer = informers.of(nodes);
    const podInformer = informers.of(pods, { indexes: podIndexes });
    const revisionInformer = informers.of(controllerRevisions, { indexes: ownerIndexes });
    const owners = daemonSetInformer.lister;
    const expectations = new Expectations(clock);
    daemonSetInformer.onEvent(({ key }) => {
      queue.add(key);
    });
    nodeInformer.onEvent(({ object, previous, type }) => {
      if (type === 'update' && previous !== undefined && isAlike(previous, object)) return;
      for (const daemonSet of owners.list()) queue.add(keyOf(daemonSet));
    });
    podInformer.onEvent((event) => {
      onPodEvent(event, { queue, expectations, owners, kind: 'DaemonSet', selectorOf });
    });
    revisionInformer.onEvent(({ object }) => {
      const key = controllerKey(object, 'DaemonSet');
      if (key !== undefined) queue.add(key);
    });
    return daemonSetReconciler({
      daemonSets: owners,
      nodes: nodeInformer.lister,
      pods: podInformer.lister,
      revisions: revisionInformer.lister,
      revisionKind: { resource: daemonSets, hashLabel: POD_REVISION },
      expectations,
      backOff: new FailedPodBackOff(clock),
      client,
      clock,
      events: events('daemonset-controller'),
    });
  },
};

const selectorOf = ({ spec }: DaemonSet) => labelSelectorOf(spec?.selector);

/** To those who choose among nodes. */
function isAlike(before: Node, after: Node): boolean {
  return deepEqual(before.metadata.labels, after.metadata.labels) && deepEqual(before.spec?.taints, after.spec?.taints);
}
