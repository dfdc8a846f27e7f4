import { deepEqual } from '../../../src/apimachinery/index.ts';
import { horizontalPodAutoscalers, pods as podResource } from '../../../src/apis/index.ts';
import { podIndexes } from '../../pods/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { lazily } from '../lazily.ts';

export const horizontalPodAutoscalerController: ControllerDefinition = {
  name: 'horizontal-pod-autoscaler',
  workers: 2,
  build({ informers, client, clock, events, settings }, queue) {
    const autoscalers = informers.of(horizontalPodAutoscalers);
    const pods = informers.of(podResource, { indexes: podIndexes });
    autoscalers.onEvent(({ type, key, object, previous }) => {
      // It writes the status itself.
      if (type !== 'update' || !deepEqual(object.spec, previous?.spec)) queue.add(key);
    });
    const recorder = events('horizontal-pod-autoscaler');
    return lazily(async () => {
      const { autoscalerReconciler } = await import('./autoscaler.ts');
      const listers = { autoscalers: autoscalers.lister, pods: pods.lister };
      return autoscalerReconciler({ ...listers, client, clock, resources: settings.resources, events: recorder });
    });
  },
};
