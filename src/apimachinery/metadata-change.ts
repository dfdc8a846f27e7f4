import type { KubeObject, ObjectMeta } from './meta.ts';

/** Each of these returns the object itself when there is nothing to change, so that `===` tells. */

export function withLabel<T extends KubeObject>(object: T, key: string, value: string): T {
  if (object.metadata.labels?.[key] === value) return object;
  return withMetadata(object, { labels: { ...object.metadata.labels, [key]: value } });
}

export function withAnnotation<T extends KubeObject>(object: T, key: string, value: string): T {
  if (object.metadata.annotations?.[key] === value) return object;
  return withMetadata(object, { annotations: { ...object.metadata.annotations, [key]: value } });
}

export function hasFinalizer(object: KubeObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) === true;
}

export function withFinalizer<T extends KubeObject>(object: T, finalizer: string): T {
  if (hasFinalizer(object, finalizer)) return object;
  return withMetadata(object, { finalizers: [...(object.metadata.finalizers ?? []), finalizer] });
}

export function withoutFinalizer<T extends KubeObject>(object: T, finalizer: string): T {
  if (!hasFinalizer(object, finalizer)) return object;
  return withMetadata(object, { finalizers: object.metadata.finalizers?.filter((name) => name !== finalizer) ?? [] });
}

export function withMetadata<T extends KubeObject>(object: T, change: Partial<ObjectMeta>): T {
  return { ...object, metadata: { ...object.metadata, ...change } };
}
