import type { KubeObject } from '../apimachinery/index.ts';
import type { Column, ResourceDefinition } from '../apiserver/index.ts';
import { ageColumn, nameColumn } from './columns.ts';

/** How one object of a kind is written in another version; pure, and without loss where the other version can say it. */
export interface VersionConversion<Stored extends KubeObject, Shown extends KubeObject> {
  readonly fromStored: (object: Stored) => Shown;
  readonly toStored: (object: Shown) => Stored;
}

/** What differs between a version and the stored one, beside how objects are written. */
export type OtherVersion<Shown extends KubeObject> = Pick<
  ResourceDefinition<Shown>,
  'group' | 'version' | 'kind' | 'schema'
> &
  Partial<Pick<ResourceDefinition, 'plural' | 'singular' | 'shortNames' | 'categories' | 'fieldSelectors'>> & {
    /** Shown of the stored object when absent. */
    readonly columns?: readonly Column<Shown>[];
    /** What an object of this version means where it says nothing, when that is not what the stored version means. */
    readonly defaults?: (object: Shown) => Shown;
  };

/** A definition that serves what `stored` stores in another version. */
export function otherVersion<Stored extends KubeObject, Shown extends KubeObject>(
  stored: ResourceDefinition<Stored>,
  version: OtherVersion<Shown>,
  conversion: VersionConversion<Stored, Shown>,
): ResourceDefinition<Shown> {
  const { defaults, columns, ...names } = version;
  return {
    // @NOTE what is said of parts of the object, such as its scale, is asked of the stored definition; see `storedAs`.
    ...(stored as unknown as ResourceDefinition<Shown>),
    ...names,
    columns: columns ?? shownColumns(stored, conversion),
    strategy: defaults === undefined ? {} : { defaults: (object) => defaults(object) },
    storedAs: {
      definition: stored,
      // @NOTE objects of the store were written by `stored`, the others were decoded by this version's schema.
      fromStored: (objects) => objects.map((object) => conversion.fromStored(object as Stored)),
      toStored: (objects) => objects.map((object) => conversion.toStored(object as Shown)),
    },
  };
}

/** The columns of the stored version, which read an object of that version. */
function shownColumns<Stored extends KubeObject, Shown extends KubeObject>(
  { columns }: ResourceDefinition<Stored>,
  { toStored }: VersionConversion<Stored, Shown>,
): readonly Column<Shown>[] {
  const known = new WeakMap<Shown, Stored>();
  const storedOf = (object: Shown): Stored => {
    const stored = known.get(object) ?? toStored(object);
    known.set(object, stored);
    return stored;
  };
  return (columns ?? [nameColumn, ageColumn]).map((column: Column<Stored>) => ({
    ...column,
    value: (object, now) => column.value(storedOf(object), now),
  }));
}
