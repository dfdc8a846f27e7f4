import {
  controllerReferenceTo,
  isNotFound,
  isStatusError,
  withFinalizer,
  type KubeObject,
  type ObjectKey,
  type OwnerReference,
  type Resource,
} from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import { nameOf, uidOf } from './ownership.ts';

export interface Owner<T extends KubeObject> {
  readonly resource: Resource<T>;
  readonly object: T;
}

export interface Dependents<T extends KubeObject> {
  readonly resource: Resource<T>;
  readonly objects: readonly T[];
  /** Those that are adopted get it. */
  readonly finalizer?: string;
}

/**
 * Makes `owner` the controller of the orphans. The owner is read once more from the API first: the cache may not
 * have heard that it is being deleted, and then nothing may be tied to it. Orphans that went meanwhile are left out.
 */
export async function adopt<O extends KubeObject, T extends KubeObject>(
  client: Client,
  owner: Owner<O>,
  { resource, objects, finalizer }: Dependents<T>,
  signal: AbortSignal,
): Promise<readonly T[]> {
  if (objects.length === 0) return [];
  const fresh = await client.get(owner.resource, objectKey(owner.object), { signal });
  if (fresh.metadata.uid !== owner.object.metadata.uid || fresh.metadata.deletionTimestamp !== undefined) return [];

  const reference = controllerReferenceTo(owner.object);
  const adopted: T[] = [];
  for (const object of objects) {
    const references = [...(object.metadata.ownerReferences ?? []), reference];
    const kept = finalizer === undefined ? object : withFinalizer(object, finalizer);
    const changed = await writeReferences(client, resource, kept, references);
    if (changed !== undefined) adopted.push(changed);
  }
  return adopted;
}

/** Takes the owner's reference away from dependents that its selector no longer means. */
export async function release<O extends KubeObject, T extends KubeObject>(
  client: Client,
  owner: Owner<O>,
  { resource, objects }: Dependents<T>,
  signal: AbortSignal,
): Promise<void> {
  for (const object of objects) {
    signal.throwIfAborted();
    const others = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.object.metadata.uid);
    await writeReferences(client, resource, object, others);
  }
}

/** Undefined when the object is gone or another of the same name has taken its place. */
async function writeReferences<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  object: T,
  ownerReferences: readonly OwnerReference[],
): Promise<T | undefined> {
  const references = ownerReferences.map((reference) => ({ ...reference }));
  const metadata = {
    uid: uidOf(object),
    resourceVersion: object.metadata.resourceVersion,
    ownerReferences: references.length === 0 ? null : references,
    ...(object.metadata.finalizers === undefined ? {} : { finalizers: [...object.metadata.finalizers] }),
  };
  try {
    return await client.patch(resource, objectKey(object), { type: 'merge', patch: { metadata } });
  } catch (err) {
    if (isNotFound(err) || isStatusError(err, 'Invalid')) return undefined;
    throw err;
  }
}

export function objectKey(object: KubeObject): ObjectKey {
  const { namespace } = object.metadata;
  return { name: nameOf(object), ...(namespace === undefined ? {} : { namespace }) };
}
