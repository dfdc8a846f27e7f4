import { StorageError, type KeyValue, type Revision } from '../storage.ts';

/** Revisions and times are 48-bit big-endian, so that they sort as bytes. */
const NUMBER_BYTES = 6;
const PUT = 1;
const DELETE = 2;
const HEADER_BYTES = 1 + 2 * NUMBER_BYTES + 2;

/** One change as the log holds it. Its revision is the key of the record. */
export interface LogRecord {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly revision: Revision;
  /** 0 for a delete. */
  readonly createRevision: Revision;
  /** Where the log holds the version that this one replaced; 0 when there was none. */
  readonly previousRevision: Revision;
  /** Empty for a delete. */
  readonly value: Uint8Array;
}

/** Where the log holds the present version of a key. */
export interface KeyRecord {
  readonly modRevision: Revision;
  readonly createRevision: Revision;
}

export function encodeNumber(number: number): Buffer {
  const bytes = Buffer.allocUnsafe(NUMBER_BYTES);
  bytes.writeUIntBE(number, 0, NUMBER_BYTES);
  return bytes;
}

export function decodeNumber(bytes: Buffer): number {
  if (bytes.length < NUMBER_BYTES) throw damaged('a number');
  return bytes.readUIntBE(0, NUMBER_BYTES);
}

export function encodeLogRecord(record: Omit<LogRecord, 'revision'>): Buffer {
  const key = Buffer.from(record.key);
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + key.length + record.value.length);
  bytes.writeUInt8(record.type === 'put' ? PUT : DELETE, 0);
  bytes.writeUIntBE(record.createRevision, 1, NUMBER_BYTES);
  bytes.writeUIntBE(record.previousRevision, 1 + NUMBER_BYTES, NUMBER_BYTES);
  bytes.writeUInt16BE(key.length, 1 + 2 * NUMBER_BYTES);
  bytes.set(key, HEADER_BYTES);
  bytes.set(record.value, HEADER_BYTES + key.length);
  return bytes;
}

/** The value shares memory with `bytes`. */
export function decodeLogRecord(revision: Revision, bytes: Buffer): LogRecord {
  const type = bytes[0];
  const keyEnd = bytes.length < HEADER_BYTES ? Infinity : HEADER_BYTES + bytes.readUInt16BE(1 + 2 * NUMBER_BYTES);
  if ((type !== PUT && type !== DELETE) || keyEnd > bytes.length) throw damaged(`revision ${revision}`);
  return {
    type: type === PUT ? 'put' : 'delete',
    revision,
    key: bytes.toString('utf8', HEADER_BYTES, keyEnd),
    createRevision: bytes.readUIntBE(1, NUMBER_BYTES),
    previousRevision: bytes.readUIntBE(1 + NUMBER_BYTES, NUMBER_BYTES),
    value: bytes.subarray(keyEnd),
  };
}

export function keyValueOf({ key, value, createRevision, revision }: LogRecord): KeyValue {
  return { key, value, createRevision, modRevision: revision };
}

export function encodeKeyRecord({ modRevision, createRevision }: KeyRecord): Buffer {
  return Buffer.concat([encodeNumber(modRevision), encodeNumber(createRevision)]);
}

export function decodeKeyRecord(bytes: Buffer): KeyRecord {
  return { modRevision: decodeNumber(bytes), createRevision: decodeNumber(bytes.subarray(NUMBER_BYTES)) };
}

export function encodeExpiry(at: number, key: string): Buffer {
  return Buffer.concat([encodeNumber(at), Buffer.from(key)]);
}

export function decodeExpiry(bytes: Buffer): { readonly at: number; readonly key: string } {
  return { at: decodeNumber(bytes), key: bytes.toString('utf8', NUMBER_BYTES) };
}

export function damaged(what: string): StorageError {
  return new StorageError('Unavailable', '', `the storage is damaged: ${what} cannot be read`);
}
