import type { KubeObject, Resource } from '../apimachinery/index.ts';
import type { Client } from '../client/index.ts';
import { aborted, untilAborted, type Runnable } from '../component-base/index.ts';
import type { Informer } from './contract.ts';
import { ListWatchInformer, type InformerDeps, type InformerOptions } from './informer.ts';

/** The informers of one client. Ready when those asked for before `run` are synced; those asked for later run as well. */
export interface InformerSet extends Runnable {
  /**
   * The informer of this resource and selection, the same one for all who ask. The first asker's `transform` counts;
   * indexes are added to those that are there.
   */
  of<T extends KubeObject>(resource: Resource<T>, options?: InformerOptions<T>): Informer<T>;
  /** Ends all informers of a resource that is served no longer, and forgets them: whoever asks again gets another one. */
  drop(resource: Resource): void;
  /** Resolves when all informers asked for until now are synced; rejects when `signal` aborts. */
  synced(signal: AbortSignal): Promise<void>;
}

interface Entry<T extends KubeObject = KubeObject> {
  readonly informer: ListWatchInformer<T>;
  readonly synced: PromiseWithResolvers<undefined>;
  readonly resource: Resource;
  readonly dropped: AbortController;
}

interface Session {
  readonly signal: AbortSignal;
  readonly failed: PromiseWithResolvers<never>;
  readonly runs: Set<Promise<void>>;
}

export function createInformerSet(client: Client, deps: InformerDeps): InformerSet {
  const entries = new Map<string, Entry>();
  let session: Session | undefined;

  return {
    name: 'informers',

    of<T extends KubeObject>(resource: Resource<T>, options: InformerOptions<T> = {}): Informer<T> {
      const identity = identityOf(resource, options);
      // @NOTE the identity names the resource, and a resource names the type of its objects.
      const present = entries.get(identity) as Entry<T> | undefined;
      if (present !== undefined) {
        present.informer.addIndexes(options.indexes ?? {});
        return present.informer;
      }
      const informer = new ListWatchInformer(client, resource, { ...options, ...deps });
      const entry: Entry<T> = {
        informer,
        synced: Promise.withResolvers<undefined>(),
        resource,
        dropped: new AbortController(),
      };
      // @NOTE what the set does with an entry (run it, wait for it) is the same for every kind of object.
      entries.set(identity, entry as unknown as Entry);
      if (session !== undefined) runIn(session, entry);
      return informer;
    },

    drop(resource) {
      dropFrom(entries, resource);
    },

    async synced(signal) {
      await untilAborted(Promise.all(entries.values().map((entry) => entry.synced.promise)), signal);
    },

    async run(signal, ready) {
      const ending = new AbortController();
      const own: Session = {
        signal: AbortSignal.any([signal, ending.signal]),
        failed: Promise.withResolvers<never>(),
        runs: new Set(),
      };
      session = own;
      for (const entry of entries.values()) runIn(own, entry);
      try {
        const gate = Promise.race([
          Promise.all(entries.values().map((entry) => entry.synced.promise)),
          aborted(signal),
        ]);
        await Promise.race([gate, own.failed.promise]);
        if (!signal.aborted) ready();
        await Promise.race([aborted(signal), own.failed.promise]);
      } finally {
        session = undefined;
        ending.abort();
        await Promise.allSettled(own.runs);
      }
    },
  };
}

function dropFrom(entries: Map<string, Entry>, { group, version, plural }: Resource): void {
  for (const [identity, { resource, dropped, synced }] of entries) {
    if (resource.group !== group || resource.version !== version || resource.plural !== plural) continue;
    entries.delete(identity);
    dropped.abort();
    // Whoever waits for all informers does not wait for one that will never come.
    synced.resolve(undefined);
  }
}

function runIn<T extends KubeObject>(session: Session, { informer, synced, dropped }: Entry<T>): void {
  const run = informer.run(AbortSignal.any([session.signal, dropped.signal]), () => {
    synced.resolve(undefined);
  });
  session.runs.add(run);
  run.then(
    () => session.runs.delete(run),
    (err: unknown) => {
      session.failed.reject(err);
    },
  );
}

function identityOf<T extends KubeObject>(resource: Resource<T>, options: InformerOptions<T>): string {
  const { namespace = null, labelSelector = '', fieldSelector = '' } = options;
  return JSON.stringify([resource.group, resource.version, resource.plural, namespace, labelSelector, fieldSelector]);
}
