import { setField } from '../json.ts';
import { zeroScalar } from '../schema-scalar.ts';
import type { FieldSchema, TypeSchema, TypeTable } from '../schema.ts';
import { readOccurrence, type ReadMessage } from './decode-value.ts';
import { jsonUnion } from './json-unions.ts';
import { MalformedProtobuf, readFields, type Reader } from './wire.ts';

/** Deeper than any type of the API but schemas within schemas. */
const MAX_DEPTH = 200;

function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false || value === null;
}

/** Reads typed messages; one for each body. */
export class MessageReader {
  readonly #table: TypeTable;
  #depth = 0;

  constructor(table: TypeTable) {
    this.#table = table;
  }

  readonly read: ReadMessage = (name, reader, end) => {
    if (++this.#depth > MAX_DEPTH) throw new MalformedProtobuf('nested too deeply');
    const schema = this.#schema(name);
    const found = this.#fields(schema, reader, end);
    const object: Record<string, unknown> = {};
    for (const field of schema.fields) this.#write(field, found.get(field.number), object);
    this.#depth--;
    const union = jsonUnion(name);
    return union === undefined ? object : union.toJson(object);
  };

  #schema(name: string): TypeSchema {
    const schema = this.#table.get(name);
    if (schema === undefined) throw new TypeError(`the API tables have no type ${name}`);
    return schema;
  }

  #fields(schema: TypeSchema, reader: Reader, end: number): ReadonlyMap<number, unknown> {
    const found = new Map<number, unknown>();
    readFields(reader, end, (number, wireType) => {
      const field = schema.fields.find((candidate) => candidate.number === number);
      if (field === undefined) return false;
      found.set(
        number,
        readOccurrence(reader, wireType, field.type, { before: found.get(number), readMessage: this.read }),
      );
      return true;
    });
    return found;
  }

  /** Go's rules of what stands in JSON: zero values of plain fields may be left out, those behind a pointer not. */
  #write(field: FieldSchema, value: unknown, object: Record<string, unknown>): void {
    // Fields that no protobuf form has, such as kind and apiVersion, are not the message's to tell.
    if (field.number === 0) return;
    if (field.inline) {
      if (value === undefined && field.pointer) return;
      Object.assign(object, value ?? this.#zero(field));
      return;
    }
    if (value === undefined) {
      if (!field.omitEmpty) object[field.name] = field.pointer ? null : this.#zero(field);
      return;
    }
    if (field.omitEmpty && !field.pointer && isZero(value)) return;
    setField(object, field.name, value);
  }

  #zero({ type }: FieldSchema): unknown {
    if (type.kind === 'ref') return this.#zeroOfType(type.name);
    // Go writes `null` for bytes that nobody gave.
    return type.kind === 'bytes' ? null : zeroScalar(type);
  }

  #zeroOfType(name: string): unknown {
    const object: Record<string, unknown> = {};
    for (const field of this.#schema(name).fields) this.#write(field, undefined, object);
    return object;
  }
}
