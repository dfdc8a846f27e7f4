import { crc32 } from 'node:zlib';
import { StorageError } from '../storage.ts';
/** Revisions and times are 48-bit big-endian, so that they sort as bytes. */
const NUMBER_BYTES = 6;
const PUT = 1;
const DELETE = 2;
const CHECKSUM_BYTES = 4;
const CREATE_AT = CHECKSUM_BYTES + 1;
const PREVIOUS_AT = CREATE_AT + NUMBER_BYTES;
const KEY_LENGTH_AT = PREVIOUS_AT + NUMBER_BYTES;
const HEADER_BYTES = KEY_LENGTH_AT + 2;
export function encodeNumber(number) {
    const bytes = Buffer.allocUnsafe(NUMBER_BYTES);
    bytes.writeUIntBE(number, 0, NUMBER_BYTES);
    return bytes;
}
export function decodeNumber(bytes) {
    if (bytes.length < NUMBER_BYTES)
        throw damaged('a number');
    return bytes.readUIntBE(0, NUMBER_BYTES);
}
export function encodeLogRecord(record) {
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
/** The value shares memory with `bytes`. Throws `Unavailable` for what is not a record as it was written. */
export function decodeLogRecord(revision, bytes) {
    const whole = bytes.length >= HEADER_BYTES && bytes.readUInt32BE(0) === crc32(bytes.subarray(CHECKSUM_BYTES));
    if (!whole)
        throw damaged(`revision ${revision}`);
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
export function readVersion(log, revision) {
    const bytes = log.get(encodeNumber(revision));
    if (bytes === undefined)
        throw damaged(`revision ${revision}`);
    return decodeLogRecord(revision, bytes);
}
export function keyValueOf({ key, value, createRevision, revision }) {
    return { key, value, createRevision, modRevision: revision };
}
export function encodeKeyRecord({ modRevision, createRevision }) {
    return Buffer.concat([encodeNumber(modRevision), encodeNumber(createRevision)]);
}
export function decodeKeyRecord(bytes) {
    return { modRevision: decodeNumber(bytes), createRevision: decodeNumber(bytes.subarray(NUMBER_BYTES)) };
}
export function encodeExpiry(at, key) {
    return Buffer.concat([encodeNumber(at), Buffer.from(key)]);
}
export function decodeExpiry(bytes) {
    return { at: decodeNumber(bytes), key: bytes.toString('utf8', NUMBER_BYTES) };
}
export function damaged(what) {
    return new StorageError('Unavailable', '', `the storage is damaged: ${what} cannot be read`);
}
