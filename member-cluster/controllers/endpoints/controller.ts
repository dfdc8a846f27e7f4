import { keyOf } from '../../../src/apimachinery/index.ts';
import { endpoints, pods, services, type Pod } from '../../../src/apis/index.ts';
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

const hasAddress = ({ status }: Pod) => (status?.podIP ?? '') !== '';

/** Names each Service whose own change, or that of a pod it selects or did select, may change its endpoints. */
export function watchServices(informers: InformerSet, enqueue: (key: Key) => void): void {
  const serviceInformer = informers.of(services);
  serviceInformer.onEvent(({ key }) => {
    enqueue(key);
  });
  informers.of(pods, { indexes: podIndexes }).onEvent(({ object, previous }) => {
    if (previous !== undefined && !differsForServices(previous, object)) return;
    const placed = [object, ...(previous === undefined ? [] : [previous])].filter(hasAddress);
    const concerned = new Set(placed.flatMap((pod) => servicesOf(pod, serviceInformer.lister)));
    for (const service of concerned) enqueue(keyOf(service));
  });
}
