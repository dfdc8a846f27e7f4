import { badRequest } from '../../apimachinery/index.ts';
import { methodNotAllowed } from '../registry/rules.ts';
import type { Verb } from '../resource-definition.ts';

/** A request on a resource, as far as its URL and method tell. */
export interface ResourceInfo {
  readonly verb: Verb;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

const NAMESPACE_PARTS = new Set(['status', 'finalize']);

/** `undefined`: the path names no resource, such as `/healthz` or `/apis/apps/v1`. */
export function resourceInfo(method: string, path: string, query: URLSearchParams): ResourceInfo | undefined {
  const segments = path.split('/').filter((segment) => segment !== '');
  const [root] = segments;
  if (root !== 'api' && root !== 'apis') return undefined;
  const [group = '', version = '', ...rest] = [
    ...(root === 'api' ? [''] : []),
    ...segments.slice(1).map(decodeSegment),
  ];
  if (rest.length === 0) return undefined;
  // `/api/v1/watch/pods` is how watches were asked for before there was a parameter.
  const isOldWatch = rest[0] === 'watch' && rest.length > 1;
  const { plural, ...target } = targetOf(isOldWatch ? rest.slice(1) : rest);
  const isWatch = (isOldWatch || isTrue(query.get('watch'))) && target.subresource === undefined;
  return { verb: verbOf(method, target.name, isWatch), group, version, plural, ...target };
}

/** The path up to the subresource and what it says behind that, both as they were sent. */
export function splitAtSubresource(
  path: string,
  { group, namespace }: Pick<ResourceInfo, 'group' | 'namespace'>,
): { readonly prefix: string; readonly rest: string } {
  const depth = (group === '' ? 5 : 6) + (namespace === undefined ? 0 : 2);
  const prefix = new RegExp(`^(?:/+[^/]+){${depth}}`).exec(path)?.[0] ?? path;
  return { prefix, rest: path.slice(prefix.length) };
}

export function isTrue(value: string | null): boolean {
  return value !== null && value !== 'false' && value !== '0';
}

type Target = Pick<ResourceInfo, 'plural' | 'namespace' | 'name' | 'subresource'>;

function targetOf(segments: readonly string[]): Target {
  const [first = '', second, third, fourth, fifth] = segments;
  if (first !== 'namespaces') return { plural: first, namespace: undefined, name: second, subresource: third };
  if (third === undefined || NAMESPACE_PARTS.has(third)) {
    return { plural: first, namespace: undefined, name: second, subresource: third };
  }
  return { plural: third, namespace: second, name: fourth, subresource: fifth };
}

function verbOf(method: string, name: string | undefined, watch: boolean): Verb {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    case 'GET':
    case 'HEAD':
      if (watch) return 'watch';
      return name === undefined ? 'list' : 'get';
    default:
      throw methodNotAllowed();
  }
}

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (err) {
    throw badRequest(`the path segment ${JSON.stringify(segment)} is not encoded properly`, err);
  }
}
