import { keyOf } from '../../../src/apimachinery/index.ts';
import { endpointSlices, nodes, pods, services } from '../../../src/apis/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { watchServices } from '../endpoints/controller.ts';
import { Expectations } from '../expectations.ts';
import { podIndexes } from '../../pods/index.ts';
import { endpointSliceReconciler, serviceKeysOf } from './endpoint-slice.ts';
import { watchSlices } from './slice-writer.ts';

export const endpointSliceController: ControllerDefinition = {
  name: 'endpointslice',
  workers: 5,
  build({ informers, client, clock }, queue) {
    const expectations = new Expectations(clock);
    const serviceInformer = informers.of(services);
    const nodeInformer = informers.of(nodes);
    const sliceInformer = informers.of(endpointSlices, { indexes: { service: serviceKeysOf } });
    watchSlices(sliceInformer, serviceKeysOf, { queue, expectations });
    watchServices(informers, (key) => {
      queue.add(key);
    });
    nodeInformer.onEvent(({ object, previous }) => {
      const zone = 'topology.kubernetes.io/zone';
      if (previous?.metadata.labels?.[zone] === object.metadata.labels?.[zone]) return;
      for (const service of serviceInformer.lister.list()) queue.add(keyOf(service));
    });
    return endpointSliceReconciler({
      services: serviceInformer.lister,
      pods: informers.of(pods, { indexes: podIndexes }).lister,
      nodes: nodeInformer.lister,
      slices: sliceInformer.lister,
      expectations,
      client,
    });
  },
};
