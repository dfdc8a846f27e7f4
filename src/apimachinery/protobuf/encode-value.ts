import { ExactInteger } from '../exact-integer.ts';
import type { FieldType } from '../schema.ts';
import { parseTime } from '../time.ts';
import { DELIMITED, tagOf, VARINT, type Writer } from './wire.ts';

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('a string was expected');
  return value;
}

function number(value: unknown): number {
  if (typeof value !== 'number') throw new TypeError('a number was expected');
  return value;
}

/** Writes values that need no message; returns false for the others. */
export function writeScalar(writer: Writer, type: FieldType, value: unknown): boolean {
  switch (type.kind) {
    case 'string':
      writer.string(text(value));
      return true;
    case 'boolean':
      writer.bool(value === true);
      return true;
    case 'int32':
      writer.int32(number(value));
      return true;
    case 'int64':
      writer.int64(value instanceof ExactInteger ? String(value) : number(value));
      return true;
    case 'double':
      writer.double(number(value));
      return true;
    case 'bytes':
      writer.bytes(Buffer.from(text(value), 'base64'));
      return true;
    default:
      return false;
  }
}

/** The content of a message of a type with a JSON form of its own. */
export function writeSpecial(writer: Writer, type: FieldType, value: unknown): void {
  switch (type.kind) {
    case 'time':
    case 'microTime':
      writeTime(writer, value, type.kind === 'microTime');
      return;
    case 'quantity':
      writer.uint32(tagOf(1, DELIMITED)).string(String(value));
      return;
    case 'intOrString':
      writeIntOrString(writer, value);
      return;
    case 'rawExtension':
    case 'fieldsV1':
    case 'json':
      if (value !== null) writer.uint32(tagOf(1, DELIMITED)).bytes(Buffer.from(JSON.stringify(value)));
      return;
    default:
      throw new TypeError(`${type.kind} has no protobuf form here`);
  }
}

function writeTime(writer: Writer, value: unknown, micro: boolean): void {
  if (value === null) return;
  const ms = parseTime(text(value));
  if (ms === undefined) throw new TypeError('a time was expected');
  const fraction = /\.(\d{1,6})/.exec(text(value))?.[1] ?? '';
  const nanos = micro ? Number(fraction.padEnd(6, '0')) * 1000 : 0;
  writer.uint32(tagOf(1, VARINT)).int64(Math.floor(ms / 1000));
  writer.uint32(tagOf(2, VARINT)).int32(nanos);
}

function writeIntOrString(writer: Writer, value: unknown): void {
  const isText = typeof value === 'string';
  writer.uint32(tagOf(1, VARINT)).int64(isText ? 1 : 0);
  writer.uint32(tagOf(2, VARINT)).int32(isText ? 0 : number(value));
  writer.uint32(tagOf(3, DELIMITED)).string(isText ? value : '');
}
