import protobuf from 'protobufjs/minimal.js';
import { ExactInteger } from '../exact-integer.ts';
import type { FieldType } from '../schema.ts';

/** Wire types of the Protocol Buffers encoding. */
export const VARINT = 0;
export const FIXED_64 = 1;
export const DELIMITED = 2;

export type Reader = protobuf.Reader;
export type Writer = protobuf.Writer;

export const createReader = (bytes: Uint8Array): Reader => protobuf.Reader.create(bytes);
export const createWriter = (): Writer => protobuf.Writer.create();

/** A tag as one number: field number and wire type. */
export const tagOf = (number: number, wireType: number): number => ((number << 3) | wireType) >>> 0;

export function wireTypeOf(type: FieldType): number {
  switch (type.kind) {
    case 'boolean':
    case 'int32':
    case 'int64':
      return VARINT;
    case 'double':
      return FIXED_64;
    default:
      return DELIMITED;
  }
}

/** Whether repeated values of the type may stand packed in one delimited field. */
export const isPackable = (type: FieldType): boolean => wireTypeOf(type) !== DELIMITED;

/** What a body cannot be decoded for; becomes a 400 at the codec's edge. */
export class MalformedProtobuf extends Error {
  override readonly name = 'MalformedProtobuf';
}

/**
 * Walks the fields of a message that ends at `end`. `read` returns false for a field that it does not know,
 * which is skipped, as Protocol Buffers demand.
 */
export function readFields(reader: Reader, end: number, read: (number: number, wireType: number) => boolean): void {
  if (end > reader.len) throw new MalformedProtobuf('unexpected end of data');
  while (reader.pos < end) {
    const tag = reader.uint32();
    const wireType = tag & 7;
    const number = tag >>> 3;
    if (number === 0) throw new MalformedProtobuf('field number 0');
    if (!read(number, wireType)) reader.skipType(wireType);
  }
  if (reader.pos !== end) throw new MalformedProtobuf('a field reaches beyond its message');
}

/** Where the delimited field that starts here ends. */
export function endOfDelimited(reader: Reader): number {
  const length = reader.uint32();
  return reader.pos + length;
}

export function readInt64(reader: Reader): number | ExactInteger {
  // @NOTE protobufjs gives an object that prints as the number but whose type it leaves undeclared.
  const long: unknown = reader.int64();
  const nearest = Number(long);
  return Number.isSafeInteger(nearest) ? nearest : ExactInteger.from(BigInt(String(long)));
}
