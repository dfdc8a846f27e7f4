import { setField } from '../json.ts';
import { zeroScalar } from '../schema-scalar.ts';
import type { FieldType } from '../schema.ts';
import { readDuration, readIntOrString, readJson, readQuantity, readTime } from './special-types.ts';
import {
  DELIMITED,
  endOfDelimited,
  isPackable,
  MalformedProtobuf,
  readFields,
  readInt64,
  wireTypeOf,
  type Reader,
} from './wire.ts';

/** Reads the message of a named type that ends at `end`. */
export type ReadMessage = (name: string, reader: Reader, end: number) => unknown;

const base64 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** One value of a field that is not repeated on the wire. */
function readSingle(reader: Reader, type: FieldType, readMessage: ReadMessage): unknown {
  switch (type.kind) {
    case 'string':
      return reader.string();
    case 'boolean':
      return reader.bool();
    case 'int32':
      return reader.int32();
    case 'int64':
      return readInt64(reader);
    case 'double':
      return reader.double();
    case 'bytes':
      return base64(reader.bytes());
    case 'list':
      // A list inside a list or map is a message of its own with the items as field 1.
      return readItemsMessage(reader, type.items, readMessage);
    case 'map':
      throw new MalformedProtobuf('a map cannot stand in a map or list');
    default:
      return readNested(reader, type, readMessage);
  }
}

function readNested(reader: Reader, type: FieldType, readMessage: ReadMessage): unknown {
  const end = endOfDelimited(reader);
  switch (type.kind) {
    case 'ref':
      return readMessage(type.name, reader, end);
    case 'time':
    case 'microTime':
      return readTime(reader, end, type.kind === 'microTime');
    case 'duration':
      return readDuration(reader, end);
    case 'quantity':
      return readQuantity(reader, end);
    case 'intOrString':
      return readIntOrString(reader, end);
    case 'rawExtension':
    case 'fieldsV1':
    case 'json':
      return readJson(reader, end);
    default:
      throw new TypeError(`${type.kind} is no message`);
  }
}

function readItemsMessage(reader: Reader, items: FieldType, readMessage: ReadMessage): readonly unknown[] {
  const list: unknown[] = [];
  readFields(reader, endOfDelimited(reader), (number, wireType) => {
    if (number !== 1) return false;
    readItems(reader, wireType, items, { list, readMessage });
    return true;
  });
  return list;
}

interface Repeated {
  readonly list: unknown[];
  readonly readMessage: ReadMessage;
}

function readItems(reader: Reader, wireType: number, items: FieldType, { list, readMessage }: Repeated): void {
  if (wireType === DELIMITED && isPackable(items)) {
    const end = endOfDelimited(reader);
    while (reader.pos < end) list.push(readSingle(reader, items, readMessage));
    if (reader.pos !== end) throw new MalformedProtobuf('a packed list ends within a number');
    return;
  }
  expectWireType(wireType, items);
  list.push(readSingle(reader, items, readMessage));
}

/** What a map's entry has when it leaves its value out. */
function emptyEntry(values: FieldType, readMessage: ReadMessage, reader: Reader): unknown {
  return values.kind === 'ref' ? readMessage(values.name, reader, reader.pos) : zeroScalar(values);
}

function readEntry(reader: Reader, values: FieldType, map: Record<string, unknown>, readMessage: ReadMessage): void {
  let key = '';
  let value: unknown;
  readFields(reader, endOfDelimited(reader), (number, wireType) => {
    if (number === 1) {
      expectWireType(wireType, { kind: 'string' });
      key = reader.string();
    } else if (number === 2) {
      expectWireType(wireType, values);
      value = readSingle(reader, values, readMessage);
    } else return false;
    return true;
  });
  setField(map, key, value === undefined ? emptyEntry(values, readMessage, reader) : value);
}

function expectWireType(wireType: number, type: FieldType): void {
  if (wireType !== wireTypeOf(type)) {
    throw new MalformedProtobuf(`wire type ${wireType} where a ${type.kind} was expected`);
  }
}

/** Reads one occurrence of a field; `before` is what earlier occurrences gave, to which lists and maps are added. */
export function readOccurrence(
  reader: Reader,
  wireType: number,
  type: FieldType,
  { before, readMessage }: { readonly before: unknown; readonly readMessage: ReadMessage },
): unknown {
  if (type.kind === 'list') {
    // @NOTE what an earlier occurrence of this very field gave was made in the next line.
    const list = (before ?? []) as unknown[];
    readItems(reader, wireType, type.items, { list, readMessage });
    return list;
  }
  expectWireType(wireType, type);
  if (type.kind === 'map') {
    // @NOTE as above.
    const map = (before ?? {}) as Record<string, unknown>;
    readEntry(reader, type.values, map, readMessage);
    return map;
  }
  return readSingle(reader, type, readMessage);
}
