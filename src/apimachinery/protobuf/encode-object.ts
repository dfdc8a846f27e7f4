import { isList, isObject, type UnknownObject } from '../json.ts';
import type { FieldSchema, FieldType, TypeTable } from '../schema.ts';
import { writeEnvelope } from './envelope.ts';
import { jsonUnion } from './json-unions.ts';
import type { TypeNames } from './type-names.ts';
import { writeScalar, writeSpecial } from './encode-value.ts';
import { createWriter, DELIMITED, tagOf, wireTypeOf, type Writer } from './wire.ts';

export function encodeObject(object: UnknownObject, typeNames: TypeNames, table: TypeTable): Uint8Array {
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') throw new TypeError('an object without a kind');
  const name = typeNames(apiVersion, kind);
  if (name === undefined) throw new TypeError(`no type is known for ${apiVersion} ${kind}`);
  const writer = createWriter();
  new MessageWriter(table, writer).message(name, object);
  return writeEnvelope({ apiVersion, kind, raw: writer.finish() });
}

class MessageWriter {
  readonly #table: TypeTable;
  readonly #writer: Writer;

  constructor(table: TypeTable, writer: Writer) {
    this.#table = table;
    this.#writer = writer;
  }

  message(name: string, value: unknown): void {
    const schema = this.#table.get(name);
    if (schema === undefined) throw new TypeError(`the API tables have no type ${name}`);
    const object = jsonUnion(name)?.fromJson(value) ?? value;
    if (!isObject(object)) throw new TypeError(`a ${name} must be an object`);
    // Protocol Buffers demand no order; Kubernetes writes by rising number, and some compare bytes.
    for (const field of schema.fields.filter(({ number }) => number !== 0).sort((a, b) => a.number - b.number)) {
      this.#field(field, field.inline ? object : object[field.name]);
    }
  }

  #field({ number, type, pointer }: FieldSchema, value: unknown): void {
    if (value === undefined || value === null) {
      if (!pointer) this.#zero(number, type);
      return;
    }
    if (type.kind === 'list') {
      for (const item of asList(value)) this.#value(number, type.items, item);
    } else if (type.kind === 'map') {
      const entries = Object.entries(asObject(value)).sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [key, entry] of entries) {
        this.#writer.uint32(tagOf(number, DELIMITED)).fork().uint32(tagOf(1, DELIMITED)).string(key);
        this.#value(2, type.values, entry);
        this.#writer.ldelim();
      }
    } else this.#value(number, type, value);
  }

  /** Go's generated code writes plain fields even when they are zero. */
  #zero(number: number, type: FieldType): void {
    switch (type.kind) {
      case 'list':
      case 'map':
      case 'bytes':
        return;
      case 'string':
        this.#value(number, type, '');
        return;
      case 'boolean':
        this.#value(number, type, false);
        return;
      case 'int32':
      case 'int64':
      case 'double':
        this.#value(number, type, 0);
        return;
      case 'ref':
        this.#value(number, type, {});
        return;
      default:
        this.#writer.uint32(tagOf(number, DELIMITED)).uint32(0);
    }
  }

  #value(number: number, type: FieldType, value: unknown): void {
    const writer = this.#writer.uint32(tagOf(number, wireTypeOf(type)));
    if (writeScalar(writer, type, value)) return;
    writer.fork();
    if (type.kind === 'ref') this.message(type.name, value);
    else if (type.kind === 'list') for (const item of asList(value)) this.#value(1, type.items, item);
    else writeSpecial(writer, type, value);
    writer.ldelim();
  }
}

function asList(value: unknown): readonly unknown[] {
  if (!isList(value)) throw new TypeError('a list was expected');
  return value;
}

function asObject(value: unknown): UnknownObject {
  if (!isObject(value)) throw new TypeError('an object was expected');
  return value;
}
