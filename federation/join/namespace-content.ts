import {
  isList,
  isNotFound,
  isObject,
  isStatusError,
  type KubeObject,
  type Resource,
} from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import { mapConcurrent } from '../../src/component-base/index.ts';

const CONCURRENT = 8;
/** More than what a namespace has by itself, so that one of somebody's is surely among them. */
const LOOK = 50;

/** Kinds that come and go by themselves, or are no objects. */
const passing: ReadonlySet<string> = new Set(['events', 'leases', 'endpoints', 'endpointslices', 'bindings']);

interface Deps {
  readonly member: Client;
  readonly signal: AbortSignal;
}

/** What is in a namespace that nobody but its users can have made, such as `configmaps settings`: one a kind. */
export async function foreignContent(deps: Deps, namespace: string): Promise<readonly string[]> {
  const kinds = await namespacedKinds(deps);
  const found = await mapConcurrent(kinds, CONCURRENT, (kind) => foreignOf(deps, kind, namespace), deps.signal);
  return found.flatMap((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function foreignOf({ member, signal }: Deps, kind: Resource, namespace: string): Promise<readonly string[]> {
  try {
    const { items } = await member.list<KubeObject>(kind, { namespace, limit: LOOK, signal });
    const foreign = items.find((object) => !isOwned(object) && !isAutomatic(kind, object));
    return foreign === undefined ? [] : [`${kind.plural} ${foreign.metadata.name ?? ''}`];
  } catch (err) {
    if (isNotFound(err) || (isStatusError(err) && err.code === 405)) return [];
    if (isStatusError(err) && err.code === 403) return [`${kind.plural} that may not be seen`];
    throw err;
  }
}

/** Goes with its owner, or is on its way. */
function isOwned({ metadata }: KubeObject): boolean {
  return (metadata.ownerReferences ?? []).length > 0 || metadata.deletionTimestamp !== undefined;
}

function isAutomatic({ plural }: Resource, { metadata, ...object }: KubeObject): boolean {
  if (plural === 'configmaps') return metadata.name === 'kube-root-ca.crt';
  if (plural === 'serviceaccounts') return metadata.name === 'default';
  return plural === 'secrets' && 'type' in object && object.type === 'kubernetes.io/service-account-token';
}

/** Namespaced kinds that can be listed, in the preferred version of each group. */
async function namespacedKinds({ member, signal }: Deps): Promise<readonly Resource[]> {
  const groups = listOf(JSON.parse(await member.raw('/apis', { signal })), 'groups');
  const preferred = groups.flatMap((group) => {
    const version = isObject(group) && isObject(group['preferredVersion']) ? group['preferredVersion'] : {};
    return typeof version['groupVersion'] === 'string' ? [version['groupVersion']] : [];
  });
  const paths = ['/api/v1', ...preferred.map((version) => `/apis/${version}`)];
  const lists = await mapConcurrent(paths, CONCURRENT, (path) => member.raw(path, { signal }), signal);
  return lists.flatMap((result, index) => {
    // A group behind an API server that is away: whether something is in it cannot be known.
    if (result.status === 'rejected') throw result.reason;
    const [, , group = '', version = ''] = (paths[index] ?? '').replace('/api/', '/api//').split('/');
    return listOf(JSON.parse(result.value), 'resources').flatMap((entry) => kindOf(entry, group, version));
  });
}

function kindOf(entry: unknown, group: string, version: string): readonly Resource[] {
  if (!isObject(entry)) return [];
  const { name, kind, namespaced, verbs } = entry;
  const canList = isList(verbs) && verbs.includes('list');
  if (typeof name !== 'string' || typeof kind !== 'string' || namespaced !== true || !canList) return [];
  if (name.includes('/') || passing.has(name) || group.endsWith('metrics.k8s.io')) return [];
  return [{ group, version, kind, plural: name, namespaced: true }];
}

function listOf(body: unknown, field: string): readonly unknown[] {
  const list = isObject(body) ? body[field] : undefined;
  return isList(list) ? list : [];
}
