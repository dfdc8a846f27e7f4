import { isNotFound, type Resource } from '../apimachinery/index.ts';
import type { CustomResourceDefinition } from '../apis/index.ts';
import type { Client, DeleteOptions } from '../client/index.ts';
import { namesOf } from './names.ts';

/** Asks for the deletion of all objects of a definition, in the way that `options` say; how many are still there afterwards, at least. */
export async function removeInstances(
  client: Client,
  definition: CustomResourceDefinition,
  options: Pick<DeleteOptions, 'propagationPolicy'>,
  signal: AbortSignal,
): Promise<number> {
  const resource = resourceOf(definition);
  const { items } = await client.list(resource, { signal });
  if (items.length === 0) return 0;
  if (items.some(({ metadata }) => metadata.deletionTimestamp === undefined)) {
    try {
      await client.deleteCollection(resource, {}, { ...options, signal });
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
  }
  return (await client.list(resource, { signal, limit: 1 })).items.length;
}

/** By any version in which the objects are served. */
function resourceOf(definition: CustomResourceDefinition): Resource {
  const { group, scope, versions } = definition.spec;
  const { plural, kind } = namesOf(definition);
  const version = versions.find(({ served }) => served) ?? versions.find(({ storage }) => storage);
  return { group, version: version?.name ?? '', kind, plural, namespaced: scope === 'Namespaced' };
}
