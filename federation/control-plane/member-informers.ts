import { groupResource, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import { endpointSlices, namespaces, nodes, services, type Namespace } from '../../src/apis/index.ts';
import type { Clock, Logger, Turns } from '../../src/component-base/index.ts';
import { createInformer, SharedParts, type InformerOptions } from '../../src/controller/index.ts';
import { labels } from '../apis/index.ts';
import { essentialsOfNode, FederatedInformer, type ClusterClients } from '../cluster/index.ts';
import { essentialsOfCopy, fieldManagerOf } from '../sync/index.ts';
import { essentialsOfSlice, serviceOfSlice, SLICES_BY_SERVICE } from '../service/index.ts';

export interface MemberInformersDeps {
  readonly federationName: string;
  readonly clients: ClusterClients;
  readonly turns?: Turns;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What is watched in every member whatever is copied there: what placement and health are judged by. */
export function memberInformers({ federationName, clients, turns, clock, log }: MemberInformersDeps) {
  const of = <T extends KubeObject>(resource: Resource<T>, options: InformerOptions<T>) =>
    new FederatedInformer<T>(groupResource(resource), {
      clients,
      turns,
      clock,
      log,
      createInformer: (client, cluster) =>
        createInformer(client, resource, { ...options, clock, log: log.child({ cluster }) }),
    });
  const parts = new SharedParts();
  return {
    namespaces: of(namespaces, { transform: essentialsOfNamespace }),
    nodes: of(nodes, { transform: essentialsOfNode }),
    services: of(services, {
      // A member may hold thousands of objects that are none of our business.
      labelSelector: `${labels.managedBy}=${federationName}`,
      transform: (object) => parts.object(essentialsOfCopy(object, fieldManagerOf(federationName))),
    }),
    endpointSlices: of(endpointSlices, {
      indexes: { [SLICES_BY_SERVICE]: serviceOfSlice },
      transform: essentialsOfSlice,
    }),
  };
}

export type MemberInformers = ReturnType<typeof memberInformers>;

function essentialsOfNamespace({
  metadata: { managedFields: _fields, ...metadata },
  ...namespace
}: Namespace): Namespace {
  return { ...namespace, metadata };
}
