import { apiVersionOf, compareVersions, groupResource, type Resource } from '../apimachinery/index.ts';
import type { ResourceCatalog } from './catalog.ts';
import type { ResourceDefinition } from './resource-definition.ts';

/** What an API server stores, as of now. */
export interface StoredResources {
  /** Every resource once, in the version that clients prefer. */
  list(): readonly Resource[];
  /** The resource of a kind, whichever version names it. */
  ofKind(apiVersion: string, kind: string): Resource | undefined;
  /** Calls `handler` after every change. */
  onChange(handler: () => void): () => void;
}

/** Those of a catalog that can be listed, watched and deleted. */
export function storedResources(catalog: ResourceCatalog): StoredResources {
  const list = catalog.derive((definitions) => {
    const stored = definitions.filter((definition) => isStored(definition) && definition.storedAs === undefined);
    return [...Map.groupBy(stored, groupResource).values()].flatMap((versions) => preferred(versions) ?? []);
  });
  const kinds = catalog.derive(
    (definitions) =>
      new Map(
        definitions
          .filter(isStored)
          .map((definition) => [`${apiVersionOf(definition)}/${definition.kind}`, definition]),
      ),
  );
  return {
    list,
    ofKind: (apiVersion, kind) => kinds().get(`${apiVersion}/${kind}`),
    onChange: (handler) => catalog.onChange(handler),
  };
}

function isStored(definition: ResourceDefinition): boolean {
  if ('answer' in definition) return false;
  const { verbs } = definition;
  return verbs === undefined || (['list', 'watch', 'delete'] as const).every((verb) => verbs.includes(verb));
}

function preferred(versions: readonly ResourceDefinition[]): ResourceDefinition | undefined {
  return versions.toSorted((a, b) => compareVersions(a.version, b.version))[0];
}
