import { parseTime, shortDuration, type KubeObject, type ListMeta } from '../../apimachinery/index.ts';
import { SCALE_KIND } from '../registry/scale-kind.ts';
import type { Scale } from '../registry/scale.ts';
import type { Column, ResourceDefinition } from '../resource-definition.ts';

/** A kind as answers show it. */
export type ShownKind = Pick<ResourceDefinition, 'group' | 'version' | 'kind' | 'listKind' | 'columns' | 'openApi'>;

export interface RowOptions {
  readonly version: 'v1' | 'v1beta1';
  /** What of the object a row carries. */
  readonly includeObject: 'None' | 'Metadata' | 'Object';
  readonly now: number;
}

export interface HeadOptions extends RowOptions {
  /** A watch tells the columns only with its first event. */
  readonly withColumns: boolean;
}

/** `meta.k8s.io Table`, what `kubectl get` shows, but for its rows. */
export function tableHead({ columns = DEFAULT_COLUMNS }: ShownKind, metadata: ListMeta, options: HeadOptions) {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata,
    columnDefinitions: options.withColumns ? columns.map(columnDefinition) : [],
  };
}

export function tableRows(
  { columns = DEFAULT_COLUMNS }: ShownKind,
  objects: readonly KubeObject[],
  options: RowOptions,
): readonly unknown[] {
  return objects.map((object) => ({
    cells: columns.map((column) => column.value(object, options.now)),
    ...included(object, options),
  }));
}

/** `meta.k8s.io PartialObjectMetadata`: an object without what is special of its kind. */
export function partialOf({ metadata }: KubeObject, version: 'v1' | 'v1beta1'): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata };
}

/** What the answer to a request on an object, or on a part of it, is. */
export function shownKind(definition: ResourceDefinition, subresource: string | undefined): ShownKind {
  const part = definition.subresources?.find(({ name }) => name === subresource);
  return part?.type === 'scale' ? SCALE : definition;
}

const NAME: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Unique within a namespace.',
  value: ({ metadata }) => metadata.name ?? '',
};
const AGE: Column<KubeObject> = {
  name: 'Age',
  type: 'string',
  description: 'Time since the object was created.',
  value: ({ metadata }, now) => ageOf(metadata.creationTimestamp, now),
};

const DEFAULT_COLUMNS: readonly Column<KubeObject>[] = [NAME, AGE];

const replicas = (name: string, description: string, value: (scale: Scale) => number): Column<Scale> => ({
  name,
  type: 'integer',
  description,
  value,
});

const SCALE_COLUMNS: readonly Column<Scale>[] = [
  NAME,
  replicas('Desired', 'How many there shall be.', ({ spec }) => spec.replicas),
  replicas('Available', 'How many there are.', ({ status }) => status.replicas),
  AGE,
];

const SCALE: ShownKind = { ...SCALE_KIND, columns: SCALE_COLUMNS };

function ageOf(created: string | null | undefined, now: number): string {
  const since = parseTime(created);
  return since === undefined ? '<unknown>' : shortDuration(now - since);
}

function columnDefinition({ name, type, format = '', description, priority = 0 }: Column<KubeObject>): unknown {
  return { name, type, format, description, priority };
}

function included(object: KubeObject, { includeObject, version }: RowOptions): { readonly object?: unknown } {
  switch (includeObject) {
    case 'None':
      return {};
    case 'Metadata':
      return { object: partialOf(object, version) };
    case 'Object':
      return { object };
  }
}
