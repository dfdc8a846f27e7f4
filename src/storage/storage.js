export class StorageError extends Error {
    code;
    key;
    /** For `Conflict`: the version that is there. For `Compacted` and `FutureRevision`: nothing. */
    current;
    constructor(code, key, detail, options) {
        super(`${code}: ${key}: ${detail}`, options);
        this.name = 'StorageError';
        this.code = code;
        this.key = key;
        if (options?.current !== undefined)
            this.current = options.current;
    }
}
export function isStorageError(err, code) {
    return err instanceof StorageError && (code === undefined || err.code === code);
}
