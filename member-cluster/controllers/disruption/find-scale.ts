import {
  controllerOf,
  groupResource,
  isNotFound,
  isObject,
  parseJson,
  type KubeObject,
  type OwnerReference,
  type Resource,
} from '../../../src/apimachinery/index.ts';
import type { StoredResources } from '../../../src/apiserver/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Lister } from '../../../src/controller/index.ts';
import { ScaleUnknown, type FindScale, type Scale } from './expected-scale.ts';

interface Scaled extends KubeObject {
  readonly spec?: { readonly replicas?: number };
}

export interface FindScaleDeps {
  /** By kind: controllers that are known anyway. */
  readonly known: Readonly<Record<string, Pick<Lister<Scaled>, 'get'>>>;
  /** Any other kind is asked for its scale. */
  readonly resources: Pick<StoredResources, 'ofKind'>;
  readonly client: Pick<Client, 'get' | 'raw'>;
}

/** A ReplicaSet of a Deployment speaks for itself only while its Deployment is not known. */
export function findScale(deps: FindScaleDeps, signal: AbortSignal): FindScale {
  return async (owner, namespace) => {
    const known = knownController(deps, owner, namespace);
    if (known === undefined) return askedScale(deps, owner, namespace, signal);
    const above = controllerOf(known);
    const top = above?.kind === 'Deployment' ? knownController(deps, above, namespace) : undefined;
    const { metadata, spec } = top ?? known;
    return { uid: metadata.uid ?? '', replicas: spec?.replicas ?? 1 };
  };
}

function knownController({ known }: FindScaleDeps, owner: OwnerReference, namespace: string): Scaled | undefined {
  const found = known[owner.kind]?.get(`${namespace}/${owner.name}`);
  return found?.metadata.uid === owner.uid && found.apiVersion === owner.apiVersion ? found : undefined;
}

async function askedScale(
  { resources, client }: FindScaleDeps,
  owner: OwnerReference,
  namespace: string,
  signal: AbortSignal,
): Promise<Scale | undefined> {
  const resource = resources.ofKind(owner.apiVersion, owner.kind);
  if (resource === undefined) {
    const version = owner.apiVersion.slice(owner.apiVersion.indexOf('/') + 1);
    throw new ScaleUnknown(`no matches for kind "${owner.kind}" in version "${version}"`);
  }
  try {
    const scale = parseJson(await client.raw(scalePath(resource, namespace, owner.name), { signal }));
    const { uid, replicas } = read(scale);
    return uid === owner.uid ? { uid, replicas } : undefined;
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
  const key = resource.namespaced ? { namespace, name: owner.name } : { name: owner.name };
  const object = await client.get(resource, key, { signal }).catch((err: unknown) => {
    if (isNotFound(err)) return undefined;
    throw err;
  });
  if (object === undefined) return undefined;
  throw new ScaleUnknown(`${groupResource(resource)} does not implement the scale subresource`);
}

function scalePath({ group, version, plural, namespaced }: Resource, namespace: string, name: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const within = namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${within}/${plural}/${encodeURIComponent(name)}/scale`;
}

/** A scale of none does not say so. */
function read(scale: unknown): Scale {
  const { metadata, spec } = isObject(scale) ? scale : {};
  const uid = isObject(metadata) ? metadata['uid'] : undefined;
  const replicas = isObject(spec) ? spec['replicas'] : undefined;
  return { uid: typeof uid === 'string' ? uid : '', replicas: typeof replicas === 'number' ? replicas : 0 };
}
