import {
  endpoints,
  endpointSlices,
  services,
  type Endpoints,
  type EndpointSlice,
  type Service,
} from '../../../src/apis/index.ts';
import type { Lister, Reconciler } from '../../../src/controller/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import {
  keepSlices,
  keysOfManager,
  removeSlices,
  watchSlices,
  type SliceWriterDeps,
} from '../endpoint-slice/slice-writer.ts';
import { hasSelector } from '../endpoints/pod-addresses.ts';
import { Expectations } from '../expectations.ts';
import { groupsOf, isMirrored } from './mirrored.ts';

const MANAGER = 'endpointslicemirroring-controller.k8s.io';
const keysOf = keysOfManager(MANAGER);

interface EndpointSliceMirrorDeps extends SliceWriterDeps {
  readonly services: Lister<Service>;
  readonly endpoints: Lister<Endpoints>;
  /** With the index `mirrored`. */
  readonly slices: Lister<EndpointSlice>;
}

/** Consumers read slices only: tells in slices what somebody keeps as Endpoints for a Service without a selector. */
export const endpointSliceMirrorController: ControllerDefinition = {
  name: 'endpointslicemirroring',
  build({ informers, client, clock }, queue) {
    const expectations = new Expectations(clock);
    const serviceInformer = informers.of(services);
    const endpointsInformer = informers.of(endpoints);
    const sliceInformer = informers.of(endpointSlices, { indexes: { mirrored: keysOf } });
    watchSlices(sliceInformer, keysOf, { queue, expectations });
    for (const informer of [serviceInformer, endpointsInformer]) {
      informer.onEvent(({ key }) => {
        queue.add(key);
      });
    }
    return reconciler({
      services: serviceInformer.lister,
      endpoints: endpointsInformer.lister,
      slices: sliceInformer.lister,
      expectations,
      client,
    });
  },
};

function reconciler(deps: EndpointSliceMirrorDeps): Reconciler {
  return async (key, signal) => {
    const { client, expectations } = deps;
    const present = deps.slices
      .byIndex('mirrored', key)
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const owner = mirroredUnder(deps, key);
    if (owner === undefined) {
      expectations.forget(key);
      await removeSlices(client, present, signal);
      return {};
    }
    const { labels = {} } = owner.metadata;
    const wanted = { owner, manager: MANAGER, labels, groups: groupsOf(owner) };
    await keepSlices(deps, key, { present, wanted }, signal);
    return {};
  };
}

function mirroredUnder(deps: EndpointSliceMirrorDeps, key: string): Endpoints | undefined {
  const service = deps.services.get(key);
  const owner = deps.endpoints.get(key);
  if (service === undefined || owner === undefined || hasSelector(service) || !isMirrored(owner)) return undefined;
  return owner.metadata.deletionTimestamp === undefined ? owner : undefined;
}
