import { deployments, pods, replicaSets } from '../../../src/apis/index.ts';
import { controllerKey, type ControllerDefinition } from '../controller-definition.ts';
import { podIndexes } from '../../pods/index.ts';
import { deploymentReconciler } from './deployment.ts';

export const deploymentController: ControllerDefinition = {
  name: 'deployment',
  workers: 5,
  build({ informers, client, clock, events }, queue) {
    const deploymentInformer = informers.of(deployments);
    const replicaSetInformer = informers.of(replicaSets);
    const podInformer = informers.of(pods, { indexes: podIndexes });
    deploymentInformer.onEvent(({ key }) => {
      queue.add(key);
    });
    replicaSetInformer.onEvent(({ object, previous }) => {
      for (const each of [object, previous]) {
        const key = each === undefined ? undefined : controllerKey(each, 'Deployment');
        if (key !== undefined) queue.add(key);
      }
      if (object.metadata.ownerReferences === undefined) addAll(object.metadata.namespace);
    });
    const addAll = (namespace: string | undefined) => {
      for (const { metadata } of deploymentInformer.lister.list(namespace)) {
        queue.add(`${metadata.namespace ?? ''}/${metadata.name ?? ''}`);
      }
    };
    // Recreate waits for the pods of old ReplicaSets to be gone.
    podInformer.onEvent(({ type, object }) => {
      if (type === 'add') return;
      const owner = controllerKey(object, 'ReplicaSet');
      const replicaSet = owner === undefined ? undefined : replicaSetInformer.lister.get(owner);
      if (replicaSet?.spec?.replicas !== 0) return;
      const key = controllerKey(replicaSet, 'Deployment');
      if (key !== undefined) queue.add(key);
    });
    return deploymentReconciler({
      deployments: deploymentInformer.lister,
      replicaSets: replicaSetInformer.lister,
      pods: podInformer.lister,
      client,
      clock,
      events: events('deployment-controller'),
    });
  },
};
