import protobuf from 'protobufjs/minimal.js';
import type { FieldReader } from './field-reader.ts';
import type { KeyRange } from './key-range.ts';

/** A version as etcd tells it. `value` is a view of the message that brought it. */
export interface RawKeyValue {
  readonly key: string;
  readonly createRevision: number;
  readonly modRevision: number;
  /** 1 for the first since the key was created. */
  readonly version: number;
  readonly value: Buffer;
}

export interface RangeRequest extends KeyRange {
  readonly limit?: number;
  readonly revision?: number;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
}

export interface RangeResponse {
  readonly revision: number;
  readonly kvs: readonly RawKeyValue[];
  readonly count: number;
}

export type Operation =
  | { readonly range: RangeRequest }
  | {
      readonly put: {
        readonly key: string;
        readonly value: Uint8Array;
        readonly lease?: number;
        readonly keepsLease?: boolean;
      };
    }
  | { readonly delete: string };

export interface TxnRequest {
  readonly key: string;
  /** What must hold of the key: how often it was written since it was created, or its last revision. */
  readonly when: { readonly version: number } | { readonly modRevision: number };
  readonly then: readonly Operation[];
  readonly otherwise: readonly Operation[];
}

export interface TxnResponse {
  readonly revision: number;
  readonly succeeded: boolean;
  /** Of the ranges among the operations done. */
  readonly ranges: readonly RangeResponse[];
}

const VARINT = 0;
const DELIMITED = 2;
const field = (number: number, wireType: number) => number * 8 + wireType;

type Writer = protobuf.Writer;

function number(writer: Writer, id: number, value: number | boolean | undefined): void {
  if (value === undefined || value === 0 || value === false) return;
  writer.uint32(field(id, VARINT)).int64(Number(value));
}

const text = (writer: Writer, id: number, value: string) => writer.uint32(field(id, DELIMITED)).string(value);

function nested(writer: Writer, id: number, write: (inner: Writer) => void): void {
  writer.uint32(field(id, DELIMITED)).fork();
  write(writer);
  writer.ldelim();
}

function writeRange(writer: Writer, { key, end, limit, revision, keysOnly, countOnly }: RangeRequest): void {
  text(writer, 1, key);
  if (end !== '') text(writer, 2, end);
  number(writer, 3, limit);
  number(writer, 4, revision);
  number(writer, 8, keysOnly);
  number(writer, 9, countOnly);
}

function writeOperation(writer: Writer, operation: Operation): void {
  if ('range' in operation) {
    nested(writer, 1, (inner) => {
      writeRange(inner, operation.range);
    });
  } else if ('put' in operation) {
    const { key, value, lease, keepsLease } = operation.put;
    nested(writer, 2, (inner) => {
      text(inner, 1, key);
      inner.uint32(field(2, DELIMITED)).bytes(value);
      number(inner, 3, lease);
      number(inner, 6, keepsLease);
    });
  } else nested(writer, 3, (inner) => text(inner, 1, operation.delete));
}

const MOD_REVISION = 2;

export function encodeRange(request: RangeRequest): Uint8Array {
  const writer = protobuf.Writer.create();
  writeRange(writer, request);
  return writer.finish();
}

export function encodeTxn({ key, when, then, otherwise }: TxnRequest): Uint8Array {
  const writer = protobuf.Writer.create();
  nested(writer, 1, (compare) => {
    number(compare, 2, 'version' in when ? 0 : MOD_REVISION);
    text(compare, 3, key);
    if ('version' in when) compare.uint32(field(4, VARINT)).int64(when.version);
    else compare.uint32(field(6, VARINT)).int64(when.modRevision);
  });
  for (const [id, operations] of [
    [2, then],
    [3, otherwise],
  ] as const) {
    for (const operation of operations) {
      nested(writer, id, (inner) => {
        writeOperation(inner, operation);
      });
    }
  }
  return writer.finish();
}

/** A message of numbers, by their field. */
export function encodeNumbers(values: Readonly<Record<number, number | boolean>>): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const [id, value] of Object.entries(values)) number(writer, Number(id), value);
  return writer.finish();
}

/** A message of strings, in fields 1 and on. */
export function encodeTexts(...values: readonly string[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const [index, value] of values.entries()) text(writer, index + 1, value);
  return writer.finish();
}

export function encodeWatchCreate(id: number, { key, end }: KeyRange, start: number): Uint8Array {
  const writer = protobuf.Writer.create();
  nested(writer, 1, (create) => {
    text(create, 1, key);
    text(create, 2, end);
    number(create, 3, start);
    number(create, 6, true);
    number(create, 7, id);
  });
  return writer.finish();
}

export function encodeWatchCancel(id: number): Uint8Array {
  const writer = protobuf.Writer.create();
  nested(writer, 2, (cancel) => {
    number(cancel, 1, id);
  });
  return writer.finish();
}

export function readRevision(header: FieldReader): number {
  for (let id = header.next(); id !== 0; id = header.next()) {
    if (id === 3) return header.number();
    header.skip();
  }
  return 0;
}

const NOTHING: Buffer = Buffer.alloc(0);

export function readKeyValue(reader: FieldReader): RawKeyValue {
  const kv = { key: '', createRevision: 0, modRevision: 0, version: 0, value: NOTHING };
  for (let id = reader.next(); id !== 0; id = reader.next()) {
    if (id === 1) kv.key = reader.text();
    else if (id === 2) kv.createRevision = reader.number();
    else if (id === 3) kv.modRevision = reader.number();
    else if (id === 4) kv.version = reader.number();
    else if (id === 5) kv.value = reader.bytes();
    else reader.skip();
  }
  return kv;
}

export function readRange(reader: FieldReader): RangeResponse {
  const kvs: RawKeyValue[] = [];
  let revision = 0;
  let count = 0;
  for (let id = reader.next(); id !== 0; id = reader.next()) {
    if (id === 1) revision = readRevision(reader.message());
    else if (id === 2) kvs.push(readKeyValue(reader.message()));
    else if (id === 4) count = reader.number();
    else reader.skip();
  }
  return { revision, kvs, count };
}

export function readTxn(reader: FieldReader): TxnResponse {
  const ranges: RangeResponse[] = [];
  let revision = 0;
  let succeeded = false;
  for (let id = reader.next(); id !== 0; id = reader.next()) {
    if (id === 1) revision = readRevision(reader.message());
    else if (id === 2) succeeded = reader.number() === 1;
    else if (id === 3) {
      const operation = reader.message();
      for (let kind = operation.next(); kind !== 0; kind = operation.next()) {
        if (kind === 1) ranges.push(readRange(operation.message()));
        else operation.skip();
      }
    } else reader.skip();
  }
  return { revision, succeeded, ranges };
}
