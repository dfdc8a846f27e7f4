import type { KubeObject, ManagedFieldsEntry } from '../../apimachinery/index.ts';
import type { Version } from './codec.ts';

/** The whole object, as clients elsewhere see it. */
export function wholeObject({ object, managedFields = [] }: Version): KubeObject {
  return withOwners(object, managedFields);
}

/** An object that has no managed fields, with these. */
export function withOwners(object: KubeObject, managedFields: readonly ManagedFieldsEntry[]): KubeObject {
  return managedFields.length === 0 ? object : { ...object, metadata: { ...object.metadata, managedFields } };
}

export function withoutOwners(object: KubeObject): KubeObject {
  const { managedFields, ...metadata } = object.metadata;
  return managedFields === undefined ? object : { ...object, metadata };
}
