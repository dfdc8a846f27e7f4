import { isStatusError, type KubeObject, type Resource, type StatusError } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import { aborted, untilAborted, type Clock, type Logger, type Runnable } from '../../src/component-base/index.ts';
import { createInformer, SharedParts, type Informer } from '../../src/controller/index.ts';
import { labels } from '../apis/index.ts';
import { FederatedInformer, type ClusterClients } from '../cluster/index.ts';
import { fieldManagerOf } from './member-writer.ts';
import { essentialsOfCopy } from './own-fields-entry.ts';

export interface MemberCopiesDeps {
  readonly federationName: string;
  readonly clients: Pick<ClusterClients, 'onChange'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const FIRST_DEADLINE_MS = 5_000;
const LONGEST_DEADLINE_MS = 60_000;
/** Said by a member that does not serve a kind, or not to us. */
const REFUSALS: ReadonlySet<number> = new Set([403, 404, 405]);

/** Our copies of one kind in all members, and which members do not let them be seen. */
export class MemberCopies<T extends KubeObject> {
  readonly informer: FederatedInformer<T>;
  readonly #clock: Clock;
  readonly #refusals = new Map<string, StatusError>();
  /** Of lists in a row that brought nothing in time. */
  readonly #late = new Map<string, number>();

  constructor(resource: Resource<T>, { federationName, clients, clock, log }: MemberCopiesDeps) {
    // A member may hold thousands of objects that are none of our business.
    const labelSelector = `${labels.managedBy}=${federationName}`;
    const manager = fieldManagerOf(federationName);
    // Most members have the same copy.
    const parts = new SharedParts();
    this.#clock = clock;
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

  #noting(cluster: string, client: Client): Pick<Client, 'list' | 'watch'> {
    return {
      list: async (resource, options) => {
        try {
          const list = await this.#inTime(cluster, options?.signal, (signal) =>
            client.list(resource, { ...options, signal }),
          );
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

  /** A page that was lost on the way is asked for again; one that only takes long gets more time each time. */
  async #inTime<R>(
    cluster: string,
    parent: AbortSignal | undefined,
    ask: (signal: AbortSignal) => Promise<R>,
  ): Promise<R> {
    const late = this.#late.get(cluster) ?? 0;
    const deadline = new AbortController();
    const cancel = this.#clock.after(Math.min(FIRST_DEADLINE_MS * 2 ** late, LONGEST_DEADLINE_MS), () => {
      this.#late.set(cluster, late + 1);
      deadline.abort(new Error('the list did not come in time'));
    });
    const signal = parent === undefined ? deadline.signal : AbortSignal.any([parent, deadline.signal]);
    try {
      const answer = await untilAborted(ask(signal), signal);
      this.#late.delete(cluster);
      return answer;
    } finally {
      cancel();
    }
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
