import {
  isList,
  isObject,
  setField,
  type FieldType,
  type TypeTable,
  type UnknownObject,
} from '../../apimachinery/index.ts';

/** A value whose JSON type is not that of its field. */
export class TypeMismatch extends Error {
  constructor(value: unknown, field: string, wanted: string) {
    super(`json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field ${field} of type ${wanted}`);
    this.name = 'TypeMismatch';
  }
}

type Fields = ReadonlyMap<string, FieldType>;

/**
 * Reads values as Go reads JSON into its structs: fields that the schema does not have are left out and reported, a
 * `null` is the same as nothing, another JSON type than the field's throws `TypeMismatch`. Values are not touched;
 * what needs no change comes back as it is. Frozen values come from the store, where nothing unread gets in.
 */
export class SchemaWalk {
  readonly #types: TypeTable;
  readonly #fields = new Map<string, Fields | undefined>();

  constructor(types: TypeTable) {
    this.#types = types;
  }

  has(typeName: string): boolean {
    return this.#types.get(typeName) !== undefined;
  }

  /** `unknown` is told the path of every field left out. */
  read(value: UnknownObject, typeName: string, unknown: (path: string) => void): UnknownObject {
    const fields = this.#fieldsOf(typeName);
    return fields === undefined ? value : this.#object(value, fields, { path: '', unknown });
  }

  #object(value: UnknownObject, fields: Fields, at: Position): UnknownObject {
    if (Object.isFrozen(value)) return value;
    let changed: Record<string, unknown> | undefined;
    for (const field of Object.keys(value)) {
      const content = value[field];
      const type = fields.get(field);
      const path = at.path === '' ? field : `${at.path}.${field}`;
      if (type === undefined) at.unknown(path);
      const read = type === undefined || content === null ? undefined : this.#value(content, type, { ...at, path });
      if (read === content) continue;
      changed ??= { ...value };
      if (read === undefined) Reflect.deleteProperty(changed, field);
      else setField(changed, field, read);
    }
    return changed ?? value;
  }

  #value(value: unknown, type: FieldType, at: Position): unknown {
    switch (type.kind) {
      case 'ref': {
        if (!isObject(value)) throw new TypeMismatch(value, at.path, type.name.split('/').at(-1) ?? type.name);
        const fields = this.#fieldsOf(type.name);
        return fields === undefined ? value : this.#object(value, fields, at);
      }
      case 'list':
        if (!isList(value)) throw new TypeMismatch(value, at.path, 'slice');
        return this.#list(value, type.items, at);
      case 'map':
        if (!isObject(value)) throw new TypeMismatch(value, at.path, 'map');
        return this.#map(value, type.values, at);
      default:
        if (!ACCEPTS[type.kind](value)) throw new TypeMismatch(value, at.path, GO_TYPES[type.kind] ?? type.kind);
        return value;
    }
  }

  #list(value: readonly unknown[], items: FieldType, at: Position): readonly unknown[] {
    if (Object.isFrozen(value)) return value;
    let changed: unknown[] | undefined;
    for (const [index, item] of value.entries()) {
      const read = item === null ? zeroOf(items) : this.#value(item, items, { ...at, path: `${at.path}[${index}]` });
      if (read === item) continue;
      changed ??= [...value];
      changed[index] = read;
    }
    return changed ?? value;
  }

  #map(value: UnknownObject, values: FieldType, at: Position): UnknownObject {
    if (Object.isFrozen(value)) return value;
    let changed: Record<string, unknown> | undefined;
    for (const key of Object.keys(value)) {
      const content = value[key];
      const read =
        content === null ? zeroOf(values) : this.#value(content, values, { ...at, path: `${at.path}.${key}` });
      if (read === content) continue;
      changed ??= { ...value };
      setField(changed, key, read);
    }
    return changed ?? value;
  }

  #fieldsOf(typeName: string): Fields | undefined {
    if (!this.#fields.has(typeName)) this.#fields.set(typeName, this.#flatten(typeName));
    return this.#fields.get(typeName);
  }

  #flatten(typeName: string): Fields | undefined {
    const schema = this.#types.get(typeName);
    if (schema === undefined) return undefined;
    const fields = new Map<string, FieldType>();
    for (const { name, type, inline } of schema.fields) {
      if (!inline || type.kind !== 'ref') fields.set(name, type);
      else
        for (const [inherited, inheritedType] of this.#fieldsOf(type.name) ?? []) fields.set(inherited, inheritedType);
    }
    return fields;
  }
}

interface Position {
  readonly path: string;
  readonly unknown: (path: string) => void;
}

type ScalarKind = Exclude<FieldType['kind'], 'ref' | 'list' | 'map'>;

const GO_TYPES: { readonly [kind in ScalarKind]?: string } = { boolean: 'bool', double: 'float64', bytes: '[]uint8' };

const isText = (value: unknown) => typeof value === 'string';
const isInteger = (value: unknown) => Number.isInteger(value);
const isNumber = (value: unknown) => typeof value === 'number';
const isAnything = () => true;

/** Whether a JSON value may stand in a field of each kind. */
const ACCEPTS: { readonly [kind in ScalarKind]: (value: unknown) => boolean } = {
  string: isText,
  bytes: isText,
  time: isText,
  microTime: isText,
  duration: isText,
  boolean: (value) => typeof value === 'boolean',
  int32: isInteger,
  int64: isInteger,
  double: isNumber,
  quantity: (value) => isText(value) || isNumber(value),
  intOrString: (value) => isText(value) || isInteger(value),
  rawExtension: isAnything,
  fieldsV1: isAnything,
  json: isAnything,
};

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
      return 0;
    case 'list':
      return [];
    case 'ref':
    case 'map':
      return {};
    default:
      return null;
  }
}

function jsonTypeOf(value: unknown): string {
  if (isList(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
