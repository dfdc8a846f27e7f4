import {
  isConflict,
  isNotFound,
  withMetadata,
  type KubeObject,
  type Resource,
} from '../../../src/apimachinery/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Lister, Reconciler } from '../../../src/controller/index.ts';

export interface ProtectionDeps<T extends KubeObject> {
  readonly resource: Resource<T>;
  readonly objects: Lister<T>;
  readonly client: Client;
  readonly finalizer: string;
  /** Whether something uses it, as far as anybody can know now. */
  readonly isUsed: (object: T, signal: AbortSignal) => Promise<boolean>;
}

/** Puts its finalizer on objects that are there, and takes it off those that are deleted once nothing uses them. */
export function protectionReconciler<T extends KubeObject>(deps: ProtectionDeps<T>): Reconciler {
  const { resource, objects, client, finalizer, isUsed } = deps;
  return async (key, signal) => {
    const object = objects.get(key);
    if (object === undefined) return {};
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    const isDeleted = deletionTimestamp !== undefined;
    if (isDeleted !== finalizers.includes(finalizer) || (isDeleted && (await isUsed(object, signal)))) return {};
    const next = isDeleted ? finalizers.filter((each) => each !== finalizer) : [...finalizers, finalizer];
    try {
      await client.update(resource, withMetadata(object, { finalizers: next }), { signal });
    } catch (err) {
      // Its next version comes by.
      if (!isNotFound(err) && !isConflict(err)) throw err;
    }
    return {};
  };
}
