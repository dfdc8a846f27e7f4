import type { Resource } from '../../apimachinery/index.ts';

/** Where the objects of a resource are stored: `/registry/[group/]plural/[namespace/]name`. */
export function keyPrefix(resource: Pick<Resource, 'group' | 'plural'>, namespace?: string): string {
  const group = resource.group === '' ? '' : `${resource.group}/`;
  return `/registry/${group}${resource.plural}/${namespace === undefined ? '' : `${namespace}/`}`;
}

interface KeyParts {
  readonly namespace?: string | undefined;
  readonly name: string;
}

export function storageKey(resource: Pick<Resource, 'group' | 'plural'>, { namespace, name }: KeyParts): string {
  return `${keyPrefix(resource, namespace)}${name}`;
}
