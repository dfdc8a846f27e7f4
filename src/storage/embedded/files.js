var __addDisposableResource = (this && this.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var __disposeResources = (this && this.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isStorageError, StorageError } from '../storage.ts';
import { makeSafe, undo } from './data-file.ts';
import { fullDiskOr, requireRoom } from './full-disk.ts';
import { lockDirectory } from './directory-lock.ts';
import { decodeKeyRecord, decodeLogRecord, decodeNumber, encodeNumber, readVersion } from './record.ts';
/** Raised with every change of what the tables hold. */
const FORMAT = 1;
/** Throws `Unavailable` for a directory that another process has, that cannot be read, or that is of a newer koinon. */
export async function openFiles(directory) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        try {
            await mkdir(directory, { recursive: true });
            await requireRoom(directory);
        }
        catch (cause) {
            throw new StorageError('Unavailable', directory, `the directory cannot be used: ${String(cause)}`, { cause });
        }
        const stack = __addDisposableResource(env_1, new AsyncDisposableStack(), true);
        stack.use(await lockDirectory(directory));
        const path = join(directory, 'data.mdb');
        const filled = await makeSafe(path);
        try {
            const files = await openSafe(path, directory);
            stack.use(files);
            if (filled !== undefined)
                readAll(files);
            const opened = stack.move();
            return Object.assign(files, { [Symbol.asyncDispose]: () => opened.disposeAsync() });
        }
        catch (cause) {
            await stack.disposeAsync();
            if (filled !== undefined)
                throw await undo(path, filled, cause);
            if (isStorageError(cause))
                throw cause;
            throw new StorageError('Unavailable', directory, `the data cannot be read: ${String(cause)}`, { cause });
        }
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = __disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
async function openSafe(path, directory) {
    const root = await openRoot(path);
    const state = { open: true };
    const close = async () => {
        state.open = false;
        await root.close();
    };
    try {
        return Object.assign(tablesOf(root, directory, state), { [Symbol.asyncDispose]: close });
    }
    catch (err) {
        await close();
        throw err;
    }
}
/** Throws for a version of a key, or a change, that cannot be read. */
function readAll({ keys, log }) {
    for (const { value } of keys.getRange())
        readVersion(log, decodeKeyRecord(value).modRevision);
    for (const { key, value } of log.getRange())
        decodeLogRecord(decodeNumber(key), value);
}
async function openRoot(path) {
    const { open } = await import('lmdb');
    // Without overlapping sync a commit is one thing: on the disk, then visible, then resolved.
    return open(path, {
        encoding: 'binary',
        keyEncoding: 'binary',
        noSubdir: true,
        overlappingSync: false,
        eventTurnBatching: false,
    });
}
function tablesOf(root, directory, state) {
    const table = (name) => root.openDB({ name, encoding: 'binary', keyEncoding: 'binary' });
    const meta = table('meta');
    const read = (name) => {
        const bytes = meta.get(Buffer.from(name));
        return bytes === undefined ? 0 : decodeNumber(bytes);
    };
    const write = (name, number) => {
        void meta.put(Buffer.from(name), encodeNumber(number));
    };
    checkFormat(read('format'), directory);
    if (read('format') === 0)
        meta.putSync(Buffer.from('format'), encodeNumber(FORMAT));
    const tables = { log: table('log'), keys: table('keys'), expiries: table('expiries') };
    // To touch a closed table would kill the process.
    const whileOpen = (name) => {
        if (!state.open)
            throw new StorageError('Unavailable', directory, 'the storage was closed');
        return tables[name];
    };
    return {
        get log() {
            return whileOpen('log');
        },
        get keys() {
            return whileOpen('keys');
        },
        get expiries() {
            return whileOpen('expiries');
        },
        get revision() {
            return read('revision');
        },
        get compacted() {
            return read('compacted');
        },
        setRevision: (revision) => {
            write('revision', revision);
        },
        setCompacted: (revision) => {
            write('compacted', revision);
        },
        commit: async (change) => {
            try {
                await root.batch(change);
            }
            catch (err) {
                throw await reasonOf(err, directory);
            }
            finally {
                root.resetReadTxn();
            }
        },
    };
}
/** lmdb tells the reason by a promise beside the error, whose rejection must not go unhandled, and not very well. */
async function reasonOf(err, directory) {
    if (!(err instanceof Error && 'commitError' in err && err.commitError instanceof Promise))
        return err;
    const told = err.commitError;
    const cause = await told.catch((reason) => reason);
    return fullDiskOr(cause, directory);
}
function checkFormat(format, directory) {
    if (format <= FORMAT)
        return;
    const detail = `the data has format ${format}, this version knows formats up to ${FORMAT}: a newer one wrote it`;
    throw new StorageError('Unavailable', directory, detail);
}
