import {
  createMergeTypes,
  isList,
  isObject,
  mergeObjects,
  type KubeObject,
  type MergeType,
  type TypeTable,
} from '../../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../resource-definition.ts';
import { isSame, type Equivalent } from '../matching/equivalents.ts';
import type { MergeConfiguration } from './mutate.ts';

export interface ApplyConfigurationDeps {
  readonly types: TypeTable;
  readonly served: () => readonly ResourceDefinition[];
}

/** Merges as server-side apply does: maps and keyed lists part by part. What changes as a whole may not be touched. */
export function applyConfigurations({ types, served }: ApplyConfigurationDeps): MergeConfiguration {
  const typeNamed = createMergeTypes(types);
  const typeOf = ({ resource, body }: Pick<Equivalent, 'resource' | 'body'>): MergeType => {
    if (body !== undefined) return typeNamed(body.schema);
    const found = served().find((each) => isSame(each, resource));
    if (found === undefined) throw new Error(`${resource.plural} is served no longer`);
    return found.mergeType?.(typeNamed) ?? typeNamed(found.schema);
  };
  return (object, configuration, matched) => {
    if (!isObject(configuration)) throw new Error('the configuration is no object');
    const type = typeOf(matched);
    const [atomic] = atomicParts(configuration, type, '');
    if (atomic !== undefined) {
      throw new Error(`invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomic}`);
    }
    return mergeObjects(fieldsOf(object), configuration, type);
  };
}

function fieldsOf(object: KubeObject): Readonly<Record<string, unknown>> {
  return { ...object };
}

/** Where a configuration says something of a list or map that only changes as a whole. */
function atomicParts(value: unknown, type: MergeType, path: string): readonly string[] {
  switch (type.kind) {
    case 'atomic':
      return isList(value) || isObject(value) ? [path] : [];
    case 'deduced':
      return isList(value) ? [path] : partsOf(value, path, () => type);
    case 'map':
      return partsOf(value, path, (name) => type.field(name)?.type ?? type.values);
    case 'list':
      return isList(value) ? value.flatMap((item, index) => atomicParts(item, type.items, `${path}[${index}]`)) : [];
    case 'set':
    case 'scalar':
      return [];
  }
}

function partsOf(value: unknown, path: string, typeOf: (name: string) => MergeType | undefined): readonly string[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const type = typeOf(name);
    return type === undefined ? [] : atomicParts(part, type, `${path}.${name}`);
  });
}
