import { isJsonUnion } from '../protobuf/json-unions.ts';
import type { FieldSchema, FieldType, TypeSchema, TypeTable } from '../schema.ts';
import {
  ATOMIC,
  UNTYPED_OBJECT,
  type GranularMap,
  type KeyedList,
  type MergeField,
  type MergeType,
} from './merge-type.ts';
import { fieldElement } from './path-element.ts';

/** The merge types of the API tables, by type name. Throws `TypeError` for a type that the tables do not have. */
export type MergeTypes = (typeName: string) => MergeType;

export function createMergeTypes(table: TypeTable): MergeTypes {
  const known = new Map<string, MergeType>();
  const typeNamed = (name: string): MergeType => {
    let type = known.get(name);
    if (type === undefined) {
      type = readType(name, table, typeNamed);
      known.set(name, type);
    }
    return type;
  };
  return typeNamed;
}

function readType(name: string, table: TypeTable, typeNamed: MergeTypes): MergeType {
  if (isJsonUnion(name)) return ATOMIC;
  const schema = table.get(name);
  if (schema === undefined) throw new TypeError(`the API tables have no type ${name}`);
  return schema.mapType === 'atomic' ? { kind: 'atomic', of: 'map' } : new TableStruct(schema, table, typeNamed);
}

/** Reads its fields when they are first asked for: types refer to each other in circles. */
class TableStruct implements GranularMap {
  readonly kind = 'map';
  readonly #schema: TypeSchema;
  readonly #table: TypeTable;
  readonly #typeNamed: MergeTypes;
  #fields: Map<string, MergeField> | undefined;

  constructor(schema: TypeSchema, table: TypeTable, typeNamed: MergeTypes) {
    this.#schema = schema;
    this.#table = table;
    this.#typeNamed = typeNamed;
  }

  field(name: string): MergeField | undefined {
    this.#fields ??= this.#read();
    return this.#fields.get(name);
  }

  #read(): Map<string, MergeField> {
    return new Map(
      fieldsOf(this.#schema, this.#table).map((field) => [
        field.name,
        {
          element: fieldElement(field.name),
          type: mergeTypeOf(field, this.#table, this.#typeNamed),
          always: !field.pointer && (field.type.kind === 'ref' || !field.omitEmpty),
        },
      ]),
    );
  }
}

/** With those of inline types in place. */
function fieldsOf({ fields }: TypeSchema, table: TypeTable): readonly FieldSchema[] {
  return fields.flatMap((field) => {
    if (!field.inline || field.type.kind !== 'ref') return [field];
    const inlined = table.get(field.type.name);
    return inlined === undefined ? [] : fieldsOf(inlined, table);
  });
}

function mergeTypeOf(field: FieldSchema, table: TypeTable, typeNamed: MergeTypes): MergeType {
  const { type } = field;
  if (field.mapType === 'atomic') return { kind: 'atomic', of: 'map' };
  if (type.kind === 'list') return listType(field, type.items, (items) => typeOf(items, typeNamed), table);
  return typeOf(type, typeNamed);
}

const SCALARS: Readonly<Partial<Record<FieldType['kind'], MergeType>>> = {
  boolean: { kind: 'scalar', of: 'boolean' },
  int32: { kind: 'scalar', of: 'numeric' },
  int64: { kind: 'scalar', of: 'numeric' },
  double: { kind: 'scalar', of: 'numeric' },
  intOrString: { kind: 'scalar', of: 'untyped' },
  quantity: { kind: 'scalar', of: 'untyped' },
};

/** What no field says more of. */
function typeOf(type: FieldType, typeNamed: MergeTypes): MergeType {
  switch (type.kind) {
    case 'ref':
      return typeNamed(type.name);
    case 'list':
      return { kind: 'atomic', of: 'list' };
    case 'map':
      return { kind: 'map', field: () => undefined, values: typeOf(type.values, typeNamed) };
    case 'rawExtension':
      return UNTYPED_OBJECT;
    case 'fieldsV1':
    case 'json':
      return ATOMIC;
    default:
      return SCALARS[type.kind] ?? { kind: 'scalar', of: 'string' };
  }
}

type ItemType = (items: FieldType) => MergeType;

function listType(field: FieldSchema, items: FieldType, itemType: ItemType, table: TypeTable): MergeType {
  const keys = field.listMapKeys ?? (field.patchMergeKey === undefined ? [] : [field.patchMergeKey].filter(Boolean));
  const kind = field.listType ?? kindByPatch(field, keys);
  if (kind === 'set') return { kind: 'set' };
  if (kind === 'atomic' || items.kind !== 'ref') return { kind: 'atomic', of: 'list' };
  return { kind: 'list', keys, defaults: defaultsOf(items.name, keys, table), items: itemType(items) };
}

/** How a list is patched says what it is where nothing else does. */
function kindByPatch({ patchStrategies = [] }: FieldSchema, keys: readonly string[]): 'atomic' | 'set' | 'map' {
  if (!patchStrategies.includes('merge')) return 'atomic';
  return keys.length > 0 ? 'map' : 'set';
}

function defaultsOf(typeName: string, keys: readonly string[], table: TypeTable): KeyedList['defaults'] {
  const schema = table.get(typeName);
  const fields = schema === undefined ? [] : fieldsOf(schema, table);
  return Object.fromEntries(
    fields.flatMap(({ name, default: value }) => (value !== undefined && keys.includes(name) ? [[name, value]] : [])),
  );
}
