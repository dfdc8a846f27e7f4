import { isList, isObject } from '../apimachinery/index.ts';
import type { RemoteResource } from '../apiserver/index.ts';
import { badStatus, remoteGet, type Asked } from './remote-get.ts';

/** What a remote API serves in one version. Rejects when it does not answer, or answers something else. */
export async function remoteResources(
  asked: Asked,
  path: string,
  signal: AbortSignal,
): Promise<readonly RemoteResource[]> {
  const document = await get(asked, path, signal);
  const resources = isObject(document) ? document['resources'] : undefined;
  if (!isList(resources)) throw new Error('the answer is not an APIResourceList');
  return resources.filter(isResource);
}

/** Where a remote API has its own document; `undefined` when it has none. */
export async function remoteOpenApiUrl(asked: Asked, path: string, signal: AbortSignal): Promise<string | undefined> {
  const index = await get(asked, '/openapi/v3', signal);
  const paths = isObject(index) ? index['paths'] : undefined;
  const entry = isObject(paths) ? paths[path.slice(1)] : undefined;
  const url = isObject(entry) ? entry['serverRelativeURL'] : undefined;
  return typeof url === 'string' ? url : undefined;
}

function isResource(value: unknown): value is RemoteResource {
  if (!isObject(value)) return false;
  const { name, kind, namespaced, verbs } = value;
  return typeof name === 'string' && typeof kind === 'string' && typeof namespaced === 'boolean' && isList(verbs);
}

async function get(asked: Asked, path: string, signal: AbortSignal): Promise<unknown> {
  const { status, text } = await remoteGet(asked, path, { signal });
  if (status < 200 || status >= 300) throw badStatus(asked, path, status);
  return JSON.parse(text);
}
