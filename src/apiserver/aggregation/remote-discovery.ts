import type { RemoteApi, RemoteResource } from './remote-apis.ts';

/** A version as the document for everything has it. */
export function aggregatedVersion({ version, group, resources, isAvailable }: RemoteApi): unknown {
  const whole = resources.filter(({ name }) => !name.includes('/'));
  const parts = Map.groupBy(
    resources.filter(({ name }) => name.includes('/')),
    ({ name }) => name.slice(0, name.indexOf('/')),
  );
  const kindOf = (resource: RemoteResource) => ({
    group: resource.group ?? group,
    version: resource.version ?? version,
    kind: resource.kind,
  });
  return {
    version,
    resources: whole.map((resource) => ({
      resource: resource.name,
      responseKind: kindOf(resource),
      scope: resource.namespaced ? 'Namespaced' : 'Cluster',
      singularResource: resource.singularName ?? '',
      verbs: resource.verbs,
      shortNames: resource.shortNames,
      categories: resource.categories,
      subresources: parts.get(resource.name)?.map((part) => ({
        subresource: part.name.slice(resource.name.length + 1),
        responseKind: kindOf(part),
        verbs: part.verbs,
      })),
    })),
    freshness: isAvailable ? 'Current' : 'Stale',
  };
}
