import type { KubeObject, OwnerReference } from './meta.ts';

type Owned = Pick<KubeObject, 'metadata'>;

export function controllerOf(object: Owned): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/** The reference that makes `owner` the controller of an object; the owner must be stored, for its UID. */
export function controllerReferenceTo(owner: KubeObject): OwnerReference {
  return { ...ownerReferenceTo(owner), controller: true, blockOwnerDeletion: true };
}

export function ownerReferenceTo(owner: KubeObject): OwnerReference {
  const { name, uid } = owner.metadata;
  if (name === undefined || uid === undefined) throw new TypeError('an owner needs a name and a UID');
  return { apiVersion: owner.apiVersion, kind: owner.kind, name, uid };
}
