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
import { open, truncate } from 'node:fs/promises';
import { StorageError } from '../storage.ts';
/** Of LMDB's two meta pages, the first at the start of the file and the second one page further. */
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;
const PAGE_SIZE_AT = 48;
const LAST_PAGE_AT = 144;
const META_BYTES = 152;
/**
 * LMDB crashes, rather than fail, on a file that is something else and on reading beyond the end of one that was cut
 * off. So the first is refused here, and the second is filled up. A file may rightly end before the last page that it
 * knows, when that holds nothing: whether anything is missing is seen by reading it all.
 */
export async function makeSafe(path) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const file = __addDisposableResource(env_1, await open(path, 'a+'), true);
        const { size } = await file.stat();
        if (size === 0)
            return undefined;
        const first = await readMeta(file, path, 0);
        const second = await readMeta(file, path, first.pageSize);
        const needed = (Math.max(first.lastPage, second.lastPage) + 1) * first.pageSize;
        if (size >= needed)
            return undefined;
        await truncate(path, needed);
        return { size, needed };
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
export async function undo(path, { size, needed }, cause) {
    await truncate(path, size);
    return new StorageError('Unavailable', path, `the file was cut off at ${size} of ${needed} bytes`, { cause });
}
async function readMeta(file, path, at) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(META_BYTES), 0, META_BYTES, at);
    if (bytesRead < META_BYTES || buffer.readUInt32LE(MAGIC_AT) !== MAGIC) {
        throw new StorageError('Unavailable', path, 'the file is not one of this storage, or it was cut off');
    }
    return { pageSize: buffer.readUInt32LE(PAGE_SIZE_AT), lastPage: Number(buffer.readBigUInt64LE(LAST_PAGE_AT)) };
}
