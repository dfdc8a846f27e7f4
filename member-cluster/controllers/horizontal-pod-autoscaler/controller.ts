import { deepEqual, matchesLabels } from '../../../src/apimachinery/index.ts';
import { horizontalPodAutoscalers, pods as podResource } from '../../../src/apis/index.ts';
import { lazily } from '../../../src/controller/index.ts';
import { podIndexes } from '../../pods/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';

export const horizontalPodAutoscalerController: ControllerDefinition = {
  name: 'horizontal-pod-autoscaler',
  workers: 2,
  build({ informers, client, clock, events, settings: { resources } }, queue) {
    const autoscalers = informers.of(horizontalPodAutoscalers);
    const { lister: pods } = informers.of(podResource, { indexes: podIndexes });
    autoscalers.onEvent(({ type, key, object, previous }) => {
      // It writes the status itself.
      if (type !== 'update' || !deepEqual(object.spec, previous?.spec)) queue.add(key);
    });
    const recorder = events('horizontal-pod-autoscaler');
    return lazily(async () => {
      const { autoscalerReconciler, ClientMetrics } = await import('../../../src/autoscaling/index.ts');
      const metrics = new ClientMetrics(client, resources);
      return autoscalerReconciler({
        autoscalers: autoscalers.lister,
        look: ({ autoscaler, selector }) => {
          const all = pods.list(autoscaler.metadata.namespace);
          return Promise.resolve({
            pods: all.filter(({ metadata }) => matchesLabels(selector, metadata.labels)),
            metrics,
          });
        },
        client,
        clock,
        resources,
        events: recorder,
      });
    });
  },
};
