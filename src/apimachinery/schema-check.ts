import { isList, isObject, setField, type UnknownObject } from './json.ts';
import { isJsonUnion } from './protobuf/json-unions.ts';
import { cannotUnmarshal, type GoField } from './schema-mismatch.ts';
import { readScalar, zeroScalar } from './schema-scalar.ts';
import type { FieldSchema, FieldType, TypeTable } from './schema.ts';

export interface Checked {
  /**
   * The value as Go would write it again: without unknown fields, nulls and zeros that it leaves out, with the zeros
   * that it never leaves out, with canonical times and quantities. So a field that its type requires is there.
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
  const structs = new Structs(table);
  return (value, typeName) => {
    const unknownFields: string[] = [];
    const walk = new Walk(structs, unknownFields);
    return { value: walk.object(value, typeName, { path: '', goPath: '' }), unknownFields };
  };
}

interface Field {
  readonly type: FieldType;
  /** Go leaves a zero of it out of what it writes. */
  readonly dropsZero: boolean;
}

interface Struct {
  readonly fields: ReadonlyMap<string, Field>;
  /** What Go writes whether it was sent or not, by name. */
  readonly always: readonly (readonly [name: string, type: FieldType])[];
}

class Structs {
  readonly #table: TypeTable;
  readonly #structs = new Map<string, Struct>();

  constructor(table: TypeTable) {
    this.#table = table;
  }

  /** With the fields of inline types. */
  of(typeName: string): Struct {
    const known = this.#structs.get(typeName);
    if (known !== undefined) return known;
    const schema = this.#table.get(typeName);
    if (schema === undefined) throw new TypeError(`the API tables have no type ${typeName}`);
    const inlined = schema.fields.flatMap(({ inline, type }) =>
      inline && type.kind === 'ref' ? [this.of(type.name)] : [],
    );
    const own = schema.fields.filter(({ inline }) => !inline);
    const struct = {
      fields: new Map([
        ...inlined.flatMap(({ fields }) => [...fields]),
        ...own.map(({ name, type, omitEmpty, pointer }) => [name, { type, dropsZero: omitEmpty && !pointer }] as const),
      ]),
      always: [
        ...inlined.flatMap(({ always }) => always),
        ...own.filter(isWrittenAlways).map(({ name, type }) => [name, type] as const),
      ],
    };
    this.#structs.set(typeName, struct);
    return struct;
  }
}

/** But for structs that may be left out, which their readers take for empty, and for what has no zero but being absent. */
function isWrittenAlways({ required, omitEmpty, pointer, type }: FieldSchema): boolean {
  if (omitEmpty || pointer || (isScalar(type) && zeroScalar(type) === null)) return false;
  return required || type.kind === 'quantity';
}

function isScalar({ kind }: FieldType): boolean {
  return kind !== 'ref' && kind !== 'list' && kind !== 'map';
}

interface Position {
  /** `spec.containers[0]`. */
  readonly path: string;
  /** `spec.containers`: how Go's errors name it. */
  readonly goPath: string;
}

const below = (path: string, field: string) => (path === '' ? field : `${path}.${field}`);

class Walk {
  readonly #structs: Structs;
  readonly #unknown: string[];

  constructor(structs: Structs, unknown: string[]) {
    this.#structs = structs;
    this.#unknown = unknown;
  }

  object(value: UnknownObject, typeName: string, at: Position): UnknownObject {
    const { fields, always } = this.#structs.of(typeName);
    const struct = typeName.slice(typeName.lastIndexOf('.') + 1);
    const read = replaced(value, (content, name) => {
      const field = fields.get(name);
      const path = below(at.path, name);
      if (field === undefined) {
        this.#unknown.push(path);
        return undefined;
      }
      if (content === null) return undefined;
      const known = this.#value(content, field.type, { path, goPath: below(at.goPath, name), struct });
      return field.dropsZero && isZero(known) ? undefined : known;
    });
    return Object.isFrozen(value) ? read : this.#completed(read, value, always);
  }

  #completed(read: UnknownObject, given: UnknownObject, always: Struct['always']): UnknownObject {
    let completed = read;
    for (const [name, type] of always) {
      if (completed[name] !== undefined) continue;
      if (completed === given) completed = { ...given };
      setField(completed, name, this.#zeroOf(type));
    }
    return completed;
  }

  #value(value: unknown, type: FieldType, at: Position & { readonly struct: string }): unknown {
    const field: GoField = { struct: at.struct, path: at.goPath };
    switch (type.kind) {
      case 'ref':
        if (isJsonUnion(type.name)) return this.#union(value, type.name, at);
        if (!isObject(value)) throw cannotUnmarshal(value, type, field);
        return this.object(value, type.name, at);
      case 'list': {
        if (!isList(value)) throw cannotUnmarshal(value, type, field);
        const read = (item: unknown, index: number) =>
          item === null
            ? this.#zeroOf(type.items)
            : this.#value(item, type.items, { ...at, path: `${at.path}[${index}]` });
        return replacedItems(value, read);
      }
      case 'map': {
        if (!isObject(value)) throw cannotUnmarshal(value, type, field);
        return replaced(value, (content, key) =>
          content === null
            ? this.#zeroOf(type.values)
            : this.#value(content, type.values, { ...at, path: below(at.path, key) }),
        );
      }
      default:
        return readScalar(value, type, field);
    }
  }

  /** Such a type reads its JSON by itself, and so forgets what it does not know without a word. */
  #union(value: unknown, typeName: string, at: Position): unknown {
    const whole = this.#structs.of(typeName).fields.get('schema')?.type;
    if (whole?.kind !== 'ref') return value;
    const silent = new Walk(this.#structs, []);
    const read = (given: unknown) => (isObject(given) ? silent.object(given, whole.name, at) : given);
    return isList(value) ? replacedItems(value, read) : read(value);
  }

  /** What Go writes of a value that it was not given, or that was `null` where it cannot be left out. */
  #zeroOf(type: FieldType): unknown {
    switch (type.kind) {
      case 'ref':
        return isJsonUnion(type.name) ? {} : this.object({}, type.name, { path: '', goPath: '' });
      case 'map':
        return {};
      case 'list':
        return [];
      default:
        return zeroScalar(type);
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

function isZero(value: unknown): boolean {
  if (value === '' || value === 0 || value === false) return true;
  if (isList(value)) return value.length === 0;
  if (!isObject(value)) return false;
  for (const _key in value) return false;
  return true;
}
