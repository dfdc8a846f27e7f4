import { groupResource, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import { aborted, type Clock, type Logger, type Runnable, type Turns } from '../../src/component-base/index.ts';
import { createInformer, SharedParts, type Informer } from '../../src/controller/index.ts';
import { labels } from '../apis/index.ts';
import { FederatedInformer, type ClusterClients } from '../cluster/index.ts';
import { fieldManagerOf } from './member-writer.ts';
import { essentialsOfCopy } from './own-fields-entry.ts';

export interface MemberCopiesDeps {
  readonly federationName: string;
  readonly clients: Pick<ClusterClients, 'onChange'>;
  readonly turns?: Turns;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Our copies of one kind in all members. */
export function memberCopies<T extends KubeObject>(
  resource: Resource<T>,
  { federationName, clients, turns, clock, log }: MemberCopiesDeps,
): FederatedInformer<T> {
  // A member may hold thousands of objects that are none of our business.
  const labelSelector = `${labels.managedBy}=${federationName}`;
  const manager = fieldManagerOf(federationName);
  // Most members have the same copy.
  const parts = new SharedParts();
  return new FederatedInformer(groupResource(resource), {
    clients,
    turns,
    clock,
    log,
    createInformer: (client, cluster) =>
      createInformer(client, resource, {
        labelSelector,
        transform: (object) => parts.object(essentialsOfCopy(object, manager)),
        clock,
        log: log.child({ cluster }),
      }),
  });
}

/**
 * Runs an informer from when the first object that is to be copied is there. Twenty kinds in a hundred members are two
 * thousand watches; most federations use a few kinds.
 */
export function onDemand<T extends KubeObject>(
  informer: FederatedInformer<T>,
  objects: Informer<T>,
  isCopied: (object: T) => boolean,
): Runnable {
  return {
    name: informer.name,
    async run(signal, ready) {
      const demand = Promise.withResolvers<undefined>();
      const remove = objects.onEvent(({ type, object }) => {
        if (type !== 'delete' && isCopied(object)) demand.resolve(undefined);
      });
      ready();
      await Promise.race([demand.promise, aborted(signal)]);
      remove();
      if (!signal.aborted) await informer.run(signal, () => undefined);
    },
  };
}
