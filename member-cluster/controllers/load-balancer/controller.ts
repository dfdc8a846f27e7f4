import { services } from '../../../src/apis/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { loadBalancerReconciler } from './load-balancer.ts';

export const loadBalancerController: ControllerDefinition = {
  name: 'service',
  build({ informers, client, events, settings }, queue) {
    const informer = informers.of(services);
    informer.onEvent(({ key }) => {
      queue.add(key);
    });
    return loadBalancerReconciler({
      services: informer.lister,
      client,
      events: events('service-controller'),
      cidr: settings.loadBalancerCidr,
    });
  },
};
