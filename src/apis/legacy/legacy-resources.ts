import { apiVersionOf, type KubeObject } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { otherVersion } from '../other-version.ts';
import { deprecationOf } from './deprecation.ts';
import { without, type Fields } from './fields.ts';
import { groupVersionOf } from './group-version.ts';
import { legacyTypePath } from './legacy-type-packages.ts';
import type { LegacyKind } from './legacy-kind.ts';
import { legacyKinds } from './legacy-kinds.ts';

/** Kinds that had another name have other paths too. */
const NAMES: Readonly<Record<string, Pick<ResourceDefinition, 'plural' | 'singular'>>> = {
  PetSet: { plural: 'petsets', singular: 'petset' },
  ScheduledJob: { plural: 'scheduledjobs', singular: 'scheduledjob' },
};

/**
 * The versions of `served` that Kubernetes gave up, for clients and manifests that still name them. They stand behind
 * everything else, so that whoever names no version gets today's.
 */
export function legacyResources(served: readonly ResourceDefinition[]): readonly ResourceDefinition[] {
  const byKind = new Map(served.map((definition) => [`${apiVersionOf(definition)} ${definition.kind}`, definition]));
  return legacyKinds.flatMap((legacy) => {
    const modern = byKind.get(`${legacy.modern.apiVersion} ${legacy.modern.kind}`);
    return modern === undefined ? [] : viewOf(legacy, modern);
  });
}

function viewOf(legacy: LegacyKind, modern: ResourceDefinition): readonly ResourceDefinition[] {
  const { fromModern } = legacy;
  if (fromModern === undefined) return [];
  const { apiVersion, kind } = legacy;
  const place = groupVersionOf(apiVersion);
  const view = otherVersion(
    modern,
    { ...place, kind, schema: `${legacyTypePath(apiVersion)}.${kind}`, ...NAMES[kind] },
    {
      fromStored: (object) => written(legacy, fromModern, object),
      toStored: (object) => written(legacy.modern, legacy.toModern, object),
    },
  );
  const { shortNames: _shortNames, categories: _categories, ...unnamed } = view;
  // What a short name or `all` stands for is one resource: a version of another group would be a second one.
  const isOther = place.group !== modern.group || view.plural !== modern.plural;
  return [{ ...(isOther ? unnamed : view), ...storedAs(view, modern), deprecation: deprecationOf(legacy) }];
}

/** The successor may be another version of what is stored itself. */
function storedAs(view: ResourceDefinition, modern: ResourceDefinition): Pick<ResourceDefinition, 'storedAs'> {
  const [own, between] = [view.storedAs, modern.storedAs];
  if (own === undefined || between === undefined) return {};
  return {
    storedAs: {
      definition: between.definition,
      fromStored: async (objects) => own.fromStored(await between.fromStored(objects)),
      toStored: async (objects) => between.toStored(await own.toStored(objects)),
    },
  };
}

function written(
  { apiVersion, kind }: Pick<LegacyKind, 'apiVersion' | 'kind'>,
  convert: (object: Fields) => Fields,
  object: KubeObject,
): KubeObject {
  const fields = convert(without({ ...object }, 'apiVersion', 'kind'));
  return { metadata: object.metadata, ...fields, apiVersion, kind };
}
