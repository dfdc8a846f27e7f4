import { keyOf } from '../../../src/apimachinery/index.ts';
import { leases, nodes, pods, type Node } from '../../../src/apis/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { podIndexes } from '../../pods/index.ts';
import { nodeLifecycleReconciler } from './node-lifecycle.ts';
import { taintEvictionReconciler } from './taint-eviction.ts';

export const nodeLifecycleController: ControllerDefinition = {
  name: 'node-lifecycle',
  workers: 2,
  build({ informers, client, clock, events }, queue) {
    const nodeInformer = informers.of(nodes);
    const leaseInformer = informers.of(leases, { namespace: 'kube-node-lease' });
    const podInformer = informers.of(pods, { indexes: podIndexes });
    nodeInformer.onEvent(({ key }) => {
      queue.add(key);
    });
    leaseInformer.onEvent(({ object }) => {
      queue.add(object.metadata.name ?? '');
    });
    return nodeLifecycleReconciler({
      nodes: nodeInformer.lister,
      leases: leaseInformer.lister,
      pods: podInformer.lister,
      client,
      clock,
      events: events('node-controller'),
    });
  },
};

export const taintEvictionController: ControllerDefinition = {
  name: 'taint-eviction-controller',
  workers: 2,
  build({ informers, client, clock, events }, queue) {
    const nodeInformer = informers.of(nodes);
    const podInformer = informers.of(pods, { indexes: podIndexes });
    const isEvicting = (node: Node | undefined) =>
      node?.spec?.taints?.some(({ effect }) => effect === 'NoExecute') === true;
    nodeInformer.onEvent(({ key, object, previous }) => {
      if (previous?.spec?.taints === object.spec?.taints) return;
      if (!isEvicting(object) && !isEvicting(previous)) return;
      for (const pod of podInformer.lister.byIndex('node', key)) queue.add(keyOf(pod));
    });
    podInformer.onEvent(({ key, object }) => {
      if (isEvicting(nodeInformer.lister.get(object.spec?.nodeName ?? ''))) queue.add(key);
    });
    return taintEvictionReconciler({
      nodes: nodeInformer.lister,
      pods: podInformer.lister,
      client,
      clock,
      events: events('taint-eviction-controller'),
    });
  },
};
