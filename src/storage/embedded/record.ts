import { crc32 } from 'node:zlib';
import { StorageError, type KeyValue, type Revision } from '../storage.ts';

/** Revisions and times are 48-bit big-endian, so that they sort as bytes. */
const NUMBER_BYTES = 6;
const PUT = 1;
const DELETE = 2;
const CHECKSUM_BYTES = 4;
const CREATE_AT = CHECKSUM_BYTES + 1;
const PREVIOUS_AT = CREATE_AT + NUMBER_BYTES;
const KEY_LENGTH_AT = PREVIOUS_AT + NUMBER_BYTES;
const HEADER_BYTES = KEY_LENGTH_AT + 2;
const OLD_MARK_BYTES = 1;
const NOTHING = Buffer.alloc(0);

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
  bytes.writeUInt8(record.type === 'put' ? PUT : DELETE, CHECKSUM_BYTES);
  bytes.writeUIntBE(record.createRevision, CREATE_AT, NUMBER_BYTES);
  bytes.writeUIntBE(record.previousRevision, PREVIOUS_AT, NUMBER_BYTES);
  bytes.writeUInt16BE(key.length, KEY_LENGTH_AT);
  bytes.set(key, HEADER_BYTES);
  bytes.set(record.value, HEADER_BYTES + key.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(CHECKSUM_BYTES)), 0);
  return bytes;
}

/** Throws `Unavailable` for what is not a record as it was written. */
export function checkLogRecord(revision: Revision, bytes: Buffer): void {
  const whole = bytes.length >= HEADER_BYTES && bytes.readUInt32BE(0) === crc32(bytes.subarray(CHECKSUM_BYTES));
  if (!whole) throw damaged(`revision ${revision}`);
}

/** The value shares memory with `bytes`. Throws `Unavailable` for what is not a record as it was written. */
export function decodeLogRecord(revision: Revision, bytes: Buffer): LogRecord {
  checkLogRecord(revision, bytes);
  const keyEnd = HEADER_BYTES + bytes.readUInt16BE(KEY_LENGTH_AT);
  return {
    type: bytes[CHECKSUM_BYTES] === PUT ? 'put' : 'delete',
    revision,
    key: bytes.toString('utf8', HEADER_BYTES, keyEnd),
    createRevision: bytes.readUIntBE(CREATE_AT, NUMBER_BYTES),
    previousRevision: bytes.readUIntBE(PREVIOUS_AT, NUMBER_BYTES),
    value: bytes.subarray(keyEnd),
  };
}

/** The record of a revision that must be in the log. */
export function readVersion(log: { get(key: Buffer): Buffer | undefined }, revision: Revision): LogRecord {
  const bytes = log.get(encodeNumber(revision));
  if (bytes === undefined) throw damaged(`revision ${revision}`);
  return decodeLogRecord(revision, bytes);
}

export function keyValueOf({ key, value, createRevision, revision }: LogRecord): KeyValue {
  return { key, value, createRevision, modRevision: revision };
}

export function encodeKeyRecord(key: Buffer, { modRevision, createRevision }: KeyRecord): Buffer {
  return sealed(key, Buffer.concat([encodeNumber(modRevision), encodeNumber(createRevision)]));
}

export function decodeKeyRecord(key: Buffer, bytes: Buffer): KeyRecord {
  const numbers = unsealed(key, bytes, 2 * NUMBER_BYTES);
  return { modRevision: decodeNumber(numbers), createRevision: decodeNumber(numbers.subarray(NUMBER_BYTES)) };
}

/** A number that the storage keeps under a name. */
export function encodeNamed(name: Buffer, number: number): Buffer {
  return sealed(name, encodeNumber(number));
}

export function decodeNamed(name: Buffer, bytes: Buffer): number {
  return decodeNumber(unsealed(name, bytes, NUMBER_BYTES));
}

export function encodeExpiry(at: number, key: string): Buffer {
  return Buffer.concat([encodeNumber(at), Buffer.from(key)]);
}

export function decodeExpiry(bytes: Buffer): { readonly at: number; readonly key: string } {
  return { at: decodeNumber(bytes), key: bytes.toString('utf8', NUMBER_BYTES) };
}

/** What stands behind an expiry: its checksum. */
export function markOf(expiry: Buffer): Buffer {
  return sealed(expiry, NOTHING);
}

export function checkMark(expiry: Buffer, mark: Buffer): void {
  if (mark.length !== OLD_MARK_BYTES) unsealed(expiry, mark, 0);
}

/** With a checksum of it and of the key that it is found under. */
function sealed(key: Buffer, bytes: Buffer): Buffer {
  const checksum = Buffer.allocUnsafe(CHECKSUM_BYTES);
  checksum.writeUInt32BE(crc32(bytes, crc32(key)));
  return Buffer.concat([bytes, checksum]);
}

/** The first versions wrote these without checksums. */
function unsealed(key: Buffer, bytes: Buffer, length: number): Buffer {
  const content = bytes.subarray(0, length);
  if (bytes.length === length && length > 0) return content;
  const whole = bytes.length === length + CHECKSUM_BYTES && bytes.readUInt32BE(length) === crc32(content, crc32(key));
  if (!whole) throw damaged(JSON.stringify(key.toString()));
  return content;
}

export function damaged(what: string): StorageError {
  return new StorageError('Unavailable', '', `the storage is damaged: ${what} cannot be read`);
}
