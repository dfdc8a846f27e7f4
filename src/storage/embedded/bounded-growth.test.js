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
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FakeClock, silentLogger, start } from '../../component-base/index.ts';
import { createEmbeddedStorage } from './embedded-storage.ts';
const KEYS = 10;
const VALUE_BYTES = 4_000;
const MEBIBYTE = 1024 * 1024;
/** The size of the data after each round of so many updates of few keys. */
async function sizesAfter(rounds, updates, limits) {
    const directory = await mkdtemp(join(tmpdir(), 'koinon-growth-'));
    const storage = createEmbeddedStorage({ directory, clock: new FakeClock(), log: silentLogger, ...limits });
    const sizes = [];
    try {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            const _running = __addDisposableResource(env_1, await start([storage]), true);
            const names = Array.from({ length: KEYS }, (_, i) => `/${i}`);
            const kept = new Map(await Promise.all(names.map(async (key) => [key, await storage.create(key, Buffer.alloc(10))])));
            for (let round = 0; round < rounds; round++) {
                for (let n = 0; n < updates; n += KEYS) {
                    const writes = names.map(async (key) => {
                        const { modRevision } = kept.get(key);
                        kept.set(key, await storage.update(key, Buffer.alloc(VALUE_BYTES, `${round} ${n}`), modRevision));
                    });
                    await Promise.all(writes);
                }
                sizes.push((await stat(join(directory, 'data.mdb'))).size);
            }
            for (const [key, kv] of kept)
                expect(await storage.get(key)).toEqual(kv);
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
    finally {
        await rm(directory, { recursive: true });
    }
    return sizes;
}
it.each([
    ['revisions', { historyRevisions: 500 }],
    ['bytes', { historyBytes: 500 * VALUE_BYTES }],
])('few keys that change for ever take no more room than the history may have, by %s', async (_name, limits) => {
    const sizes = await sizesAfter(4, 3_000, limits);
    // 12,000 values were 48 MB.
    expect(Math.max(...sizes)).toBeLessThan(12 * MEBIBYTE);
    expect(sizes.at(-1)).toBeLessThan(sizes[0] * 1.5);
});
it('grows without those limits, or the test above would prove nothing', async () => {
    expect((await sizesAfter(2, 3_000, {})).at(-1)).toBeGreaterThan(20 * MEBIBYTE);
});
