import { badRequest } from '../../apimachinery/index.ts';
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
  const [root, ...rest] = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeSegment);
  const prefixLength = root === 'api' ? 1 : root === 'apis' ? 2 : undefined;
  if (prefixLength === undefined || rest.length <= prefixLength) return undefined;
  const [group, version] = root === 'api' ? ['', rest[0] ?? ''] : [rest[0] ?? '', rest[1] ?? ''];
  const isOldWatch = rest[prefixLength] === 'watch' && rest.length > prefixLength + 1;
  const { plural, ...target } = targetOf(rest.slice(isOldWatch ? prefixLength + 1 : prefixLength));
  const isWatch = isOldWatch || isTrue(query.get('watch'));
  return {
    verb: verbOf(method, target.name, isWatch && target.subresource === undefined),
    group,
    version,
    plural,
    ...target,
  };
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
    default:
      if (watch) return 'watch';
      return name === undefined ? 'list' : 'get';
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
