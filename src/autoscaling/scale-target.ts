import { isObject, type Resource } from '../apimachinery/index.ts';
import type { CrossVersionObjectReference, Scale } from '../apis/index.ts';
import type { StoredResources } from '../apiserver/index.ts';
import { objectPath, type Client } from '../client/index.ts';

/** What can be scaled, as its `scale` says. */
export interface ScaleTarget {
  readonly resource: Resource;
  readonly scale: Scale;
}

/** Throws when there is no such kind or object, or when it cannot be scaled. */
export async function readScale(
  { client, resources }: { readonly client: Client; readonly resources: StoredResources },
  { apiVersion = 'v1', kind, name }: CrossVersionObjectReference,
  namespace: string,
  signal: AbortSignal,
): Promise<ScaleTarget> {
  const resource = resources.ofKind(apiVersion, kind);
  if (resource === undefined) {
    const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : [''];
    throw new Error(`no matches for kind ${JSON.stringify(kind)} in group ${JSON.stringify(group)}`);
  }
  const body: unknown = JSON.parse(await client.raw(objectPath(resource, { namespace, name }, 'scale'), { signal }));
  if (!isObject(body) || body['kind'] !== 'Scale') throw new Error(`${resource.plural} ${name} has no scale`);
  // @NOTE the server answers a GET of a scale with the Scale that its kind names.
  return { resource, scale: body as unknown as Scale };
}

/** Fails with Conflict when it was changed since it was read. */
export async function writeScale(
  client: Client,
  { resource, scale }: ScaleTarget,
  replicas: number,
  signal: AbortSignal,
): Promise<void> {
  const { name = '', namespace = '', resourceVersion = '' } = scale.metadata;
  const patch = { metadata: { resourceVersion }, spec: { replicas } };
  await client.patch(resource, { name, namespace }, { type: 'merge', patch }, { subresource: 'scale', signal });
}
