import { keyOf } from '../../../src/apimachinery/index.ts';
import { endpoints, pods, services } from '../../../src/apis/index.ts';
import type { InformerSet, Key } from '../../../src/controller/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { podIndexes } from '../../pods/index.ts';
import { endpointsReconciler } from './endpoints.ts';
import { differsForServices, servicesOf } from './pod-addresses.ts';

export const endpointsController: ControllerDefinition = {
  name: 'endpoint',
  workers: 5,
  build({ informers, client }, queue) {
    const endpointsInformer = informers.of(endpoints);
    endpointsInformer.onEvent(({ key }) => {
      queue.add(key);
    });
    const enqueue = (key: Key) => {
      queue.add(key);
    };
    watchServices(informers, enqueue);
    return endpointsReconciler({
      services: informers.of(services).lister,
      pods: informers.of(pods, { indexes: podIndexes }).lister,
      endpoints: endpointsInformer.lister,
      client,
    });
  },
};

/** Names each Service whose own change, or that of a pod it selects or did select, may change its endpoints. */
export function watchServices(informers: InformerSet, enqueue: (key: Key) => void): void {
  const serviceInformer = informers.of(services);
  serviceInformer.onEvent(({ key }) => {
    enqueue(key);
  });
  informers.of(pods, { indexes: podIndexes }).onEvent(({ object, previous }) => {
    if (previous !== undefined && !differsForServices(previous, object)) return;
    if ((object.status?.podIP ?? '') === '' && (previous?.status?.podIP ?? '') === '') return;
    const concerned = new Set(servicesOf(object, serviceInformer.lister));
    if (previous !== undefined && previous.metadata.labels !== object.metadata.labels) {
      for (const service of servicesOf(previous, serviceInformer.lister)) concerned.add(service);
    }
    for (const service of concerned) enqueue(keyOf(service));
  });
}
