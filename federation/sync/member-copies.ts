import { isStatusError, type KubeObject, type Resource, type StatusError } from '../../src/apimachinery/index.ts';
import { aborted, type Clock, type Logger, type Runnable } from '../../src/component-base/index.ts';
import { createInformer, SharedParts, type Informer } from '../../src/controller/index.ts';
import { labels } from '../apis/index.ts';
import { FederatedInformer, type ClusterClients, type ReadingClient } from '../cluster/index.ts';
import { fieldManagerOf } from './member-writer.ts';
import { essentialsOfCopy } from './own-fields-entry.ts';

export interface MemberCopiesDeps {
  readonly federationName: string;
  readonly clients: Pick<ClusterClients, 'onChange'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Said by a member that does not serve a kind, or not to us. */
const REFUSALS: ReadonlySet<number> = new Set([403, 404, 405]);

/** Our copies of one kind in all members, and which members do not let them be seen. */
export class MemberCopies<T extends KubeObject> {
  readonly informer: FederatedInformer<T>;
  readonly #refusals = new Map<string, StatusError>();

  constructor(resource: Resource<T>, { federationName, clients, clock, log }: MemberCopiesDeps) {
    // A member may hold thousands of objects that are none of our business.
    const labelSelector = `${labels.managedBy}=${federationName}`;
    const manager = fieldManagerOf(federationName);
    // Most members have the same copy.
    const parts = new SharedParts();
    this.informer = new FederatedInformer(resource.plural, {
      clients,
      clock,
      log,
      createInformer: (client, cluster) =>
        createInformer(this.#noting(cluster, client), resource, {
          labelSelector,
          transform: (object) => parts.object(essentialsOfCopy(object, manager)),
          clock,
          log: log.child({ cluster }),
        }),
    });
  }

  /** What the member last said instead of listing them. */
  refusal(cluster: string): StatusError | undefined {
    return this.#refusals.get(cluster);
  }

  #noting(cluster: string, client: ReadingClient): ReadingClient {
    return {
      list: async (resource, options) => {
        try {
          const list = await client.list(resource, options);
          this.#refusals.delete(cluster);
          return list;
        } catch (err) {
          if (isStatusError(err) && REFUSALS.has(err.code)) this.#refusals.set(cluster, err);
          throw err;
        }
      },
      watch: (resource, options) => client.watch(resource, options),
    };
  }
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
