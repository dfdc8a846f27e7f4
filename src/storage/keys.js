import { StorageError } from './storage.ts';
/** As etcd's default request limit. */
export const MAX_VALUE_BYTES = 1.5 * 1024 * 1024;
/** What every implementation can hold; the longest key of a valid Kubernetes object is half of it. */
export const MAX_KEY_BYTES = 1024;
const FIRST_SURROGATE = 0xd800;
/** The order of the keys' UTF-8 bytes. JavaScript's own order differs from it where surrogate pairs are involved. */
export function compareKeys(a, b) {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) {
        const x = a.charCodeAt(i);
        const y = b.charCodeAt(i);
        if (x === y)
            continue;
        if (x >= FIRST_SURROGATE && y >= FIRST_SURROGATE)
            return Buffer.compare(Buffer.from(a), Buffer.from(b));
        return x - y;
    }
    return a.length - b.length;
}
/** Throws `TooLarge` for what no implementation takes. */
export function checkSize(key, value) {
    if (key.length * 3 > MAX_KEY_BYTES && Buffer.byteLength(key) > MAX_KEY_BYTES) {
        throw new StorageError('TooLarge', key, `the key has more than ${MAX_KEY_BYTES} bytes`);
    }
    if (value !== undefined && value.length > MAX_VALUE_BYTES) {
        throw new StorageError('TooLarge', key, `the value has ${value.length} bytes, at most ${MAX_VALUE_BYTES} fit`);
    }
}
