import type { KubeObject } from './meta.ts';

/**
 * Names a resource of the API and, by its type parameter, the kind of object found there.
 * Values are constants such as `pods` in the `apis` module; a client takes one to know where to go.
 */
export interface Resource<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The path segment: lower case, plural. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Never set; carries the type. */
  readonly objectType?: T;
}

/** `v1`, `apps/v1`. */
export function apiVersionOf(resource: Pick<Resource, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** `pods`, `deployments.apps`: how Kubernetes names a resource in messages. */
export function groupResource(resource: Pick<Resource, 'group' | 'plural'>): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}
