import type { ControllerDefinition } from '../controller-definition.ts';
import { kubernetesServiceReconciler } from './kubernetes-service.ts';

export const kubernetesServiceController: ControllerDefinition = {
  name: 'kubernetes-service',
  build({ client, settings }, queue) {
    queue.add('default/kubernetes');
    return kubernetesServiceReconciler(client, settings.kubernetesService);
  },
};
