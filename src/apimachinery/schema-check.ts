import { isList, isObject, setField, type UnknownObject } from './json.ts';
import { isJsonUnion } from './protobuf/json-unions.ts';
import { cannotUnmarshal, type GoField } from './schema-mismatch.ts';
import { readScalar } from './schema-scalar.ts';
import type { FieldType, TypeTable } from './schema.ts';

export interface Checked {
  /**
   * The value as Go would write it again: without unknown fields and nulls, with canonical times and quantities.
   * The very same one when there was nothing to change.
   */
  readonly value: UnknownObject;
  /** Such as `spec.containers[0].bar`, in the order of the document. */
  readonly unknownFields: readonly string[];
}

/** Throws `SchemaMismatch` for the first value that does not fit its field. Frozen values are taken as checked. */
export type SchemaCheck = (value: UnknownObject, typeName: string) => Checked;

/** Reads objects as Go reads JSON into its structs. */
export function createSchemaCheck(table: TypeTable): SchemaCheck {
  const types = new FieldMaps(table);
  return (value, typeName) => {
    const unknownFields: string[] = [];
    const walk = new Walk(types, unknownFields);
    return { value: walk.object(value, typeName, { path: '', goPath: '' }), unknownFields };
  };
}

type Fields = ReadonlyMap<string, FieldType>;

class FieldMaps {
  readonly #table: TypeTable;
  readonly #fields = new Map<string, Fields>();

  constructor(table: TypeTable) {
    this.#table = table;
  }

  /** With those of inline types. */
  of(typeName: string): Fields {
    const known = this.#fields.get(typeName);
    if (known !== undefined) return known;
    const schema = this.#table.get(typeName);
    if (schema === undefined) throw new TypeError(`the API tables have no type ${typeName}`);
    const fields = new Map(
      schema.fields.flatMap(({ name, type, inline }) =>
        inline && type.kind === 'ref' ? [...this.of(type.name)] : [[name, type] as const],
      ),
    );
    this.#fields.set(typeName, fields);
    return fields;
  }
}

interface Position {
  /** `spec.containers[0]`. */
  readonly path: string;
  /** `spec.containers`: how Go's errors name it. */
  readonly goPath: string;
}

const below = (path: string, field: string) => (path === '' ? field : `${path}.${field}`);

class Walk {
  readonly #types: FieldMaps;
  readonly #unknown: string[];

  constructor(types: FieldMaps, unknown: string[]) {
    this.#types = types;
    this.#unknown = unknown;
  }

  object(value: UnknownObject, typeName: string, at: Position): UnknownObject {
    const fields = this.#types.of(typeName);
    const struct = typeName.slice(typeName.lastIndexOf('.') + 1);
    return replaced(value, (content, name) => {
      const type = fields.get(name);
      const path = below(at.path, name);
      if (type === undefined) {
        this.#unknown.push(path);
        return undefined;
      }
      if (content === null) return undefined;
      return this.#value(content, type, { path, goPath: below(at.goPath, name), struct });
    });
  }

  #value(value: unknown, type: FieldType, at: Position & { readonly struct: string }): unknown {
    const field: GoField = { struct: at.struct, path: at.goPath };
    switch (type.kind) {
      case 'ref':
        if (isJsonUnion(type.name)) return value;
        if (!isObject(value)) throw cannotUnmarshal(value, type, field);
        return this.object(value, type.name, at);
      case 'list': {
        if (!isList(value)) throw cannotUnmarshal(value, type, field);
        const read = (item: unknown, index: number) =>
          item === null ? zeroOf(type.items) : this.#value(item, type.items, { ...at, path: `${at.path}[${index}]` });
        return replacedItems(value, read);
      }
      case 'map': {
        if (!isObject(value)) throw cannotUnmarshal(value, type, field);
        return replaced(value, (content, key) =>
          content === null
            ? zeroOf(type.values)
            : this.#value(content, type.values, { ...at, path: below(at.path, key) }),
        );
      }
      default:
        return readScalar(value, type, field);
    }
  }
}

/** Copies only when `read` gives another value for some field; `undefined` leaves it out. */
function replaced(value: UnknownObject, read: (content: unknown, key: string) => unknown): UnknownObject {
  if (Object.isFrozen(value)) return value;
  let changed: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const content = value[key];
    const result = read(content, key);
    if (result === content) continue;
    changed ??= { ...value };
    if (result === undefined) Reflect.deleteProperty(changed, key);
    else setField(changed, key, result);
  }
  return changed ?? value;
}

function replacedItems(value: readonly unknown[], read: (item: unknown, index: number) => unknown): readonly unknown[] {
  if (Object.isFrozen(value)) return value;
  let changed: unknown[] | undefined;
  for (const [index, item] of value.entries()) {
    const result = read(item, index);
    if (result === item) continue;
    changed ??= [...value];
    changed[index] = result;
  }
  return changed ?? value;
}

/** What Go makes of a `null` in a list or a map, where it cannot be left out. */
function zeroOf(type: FieldType): unknown {
  switch (type.kind) {
    case 'string':
    case 'bytes':
      return '';
    case 'boolean':
      return false;
    case 'int32':
    case 'int64':
    case 'double':
    case 'intOrString':
      return 0;
    case 'quantity':
      return '0';
    case 'ref':
    case 'map':
      return {};
    case 'list':
      return [];
    default:
      return null;
  }
}
