import { StorageError } from './storage.ts';
/** Throws `Exists` when the key is taken. */
export function requireAbsent(key, current) {
    if (current !== undefined)
        throw new StorageError('Exists', key, 'the key exists', { current });
}
/** The version that a conditional write may replace; throws `NotFound` or `Conflict` when it is not the expected one. */
export function requireVersion(key, current, expected) {
    if (current === undefined)
        throw new StorageError('NotFound', key, 'there is no such key');
    if (current.modRevision !== expected) {
        const detail = `revision ${expected} was expected and ${current.modRevision} is there`;
        throw new StorageError('Conflict', key, detail, { current });
    }
    return current;
}
export function compacted(key, revision, floor) {
    return new StorageError('Compacted', key, `the history before revision ${floor} is gone, ${revision} was asked for`);
}
/** Throws unless the state at `revision` can be told by a history that goes from `floor` to `current`. */
export function requireKnown(key, revision, floor, current) {
    if (revision < floor)
        throw compacted(key, revision, floor);
    if (revision > current) {
        const detail = `revision ${revision} has not happened, the current one is ${current}`;
        throw new StorageError('FutureRevision', key, detail);
    }
}
