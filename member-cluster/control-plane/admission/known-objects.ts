import type { KubeObject, Resource } from '../../../src/apimachinery/index.ts';
import type { InformerSet, Lister } from '../../../src/controller/index.ts';

/** All objects of a kind, as soon as those that there are have been taken in. */
export type KnownObjects<T extends KubeObject> = (signal: AbortSignal) => Promise<Lister<T>>;

export function knownObjects<T extends KubeObject>(informers: InformerSet, resource: Resource<T>): KnownObjects<T> {
  const informer = informers.of(resource);
  return async (signal) => {
    if (!informer.synced) await informers.synced(signal);
    return informer.lister;
  };
}
