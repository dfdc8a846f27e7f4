import { isJsonUnion } from '../protobuf/json-unions.ts';
import type { FieldSchema, FieldType, TypeSchema, TypeTable } from '../schema.ts';
import { ATOMIC, DEDUCED, type GranularMap, type MergeField, type MergeType } from './merge-type.ts';
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

/** What no field says more of. */
function typeOf(type: FieldType, typeNamed: MergeTypes): MergeType {
  switch (type.kind) {
    case 'ref':
      return typeNamed(type.name);
    case 'list':
      return { kind: 'atomic', of: 'list' };
    case 'map': {
      const values = typeOf(type.values, typeNamed);
      return { kind: 'map', field: () => undefined, values };
    }
    case 'boolean':
      return { kind: 'scalar', of: 'boolean' };
    case 'int32':
    case 'int64':
    case 'double':
      return { kind: 'scalar', of: 'numeric' };
    case 'rawExtension':
      return { kind: 'map', field: () => undefined, values: DEDUCED };
    case 'fieldsV1':
    case 'json':
      return ATOMIC;
    case 'intOrString':
    case 'quantity':
      return { kind: 'scalar', of: 'untyped' };
    default:
      return { kind: 'scalar', of: 'string' };
  }
}

/** A strategic-merge key says what a list is where nothing else does. */
function listType(
  field: FieldSchema,
  items: FieldType,
  itemType: (items: FieldType) => MergeType,
  table: TypeTable,
): MergeType {
  const byPatch = field.patchStrategies?.includes('merge') === true ? (field.patchMergeKey ?? '') : undefined;
  const keys = field.listMapKeys ?? (byPatch === undefined || byPatch === '' ? [] : [byPatch]);
  const kind = field.listType ?? (byPatch === undefined ? 'atomic' : keys.length > 0 ? 'map' : 'set');
  if (kind === 'set') return { kind: 'set' };
  if (kind === 'atomic' || items.kind !== 'ref') return { kind: 'atomic', of: 'list' };
  const schema = table.get(items.name);
  const defaults = new Map<string, string | number | boolean>();
  for (const { name, default: value } of schema === undefined ? [] : fieldsOf(schema, table)) {
    if (value !== undefined && keys.includes(name)) defaults.set(name, value);
  }
  return { kind: 'list', keys, defaults: Object.fromEntries(defaults), items: itemType(items) };
}
