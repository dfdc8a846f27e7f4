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
import { expect, it } from 'vitest';
import { FakeClock, silentLogger, start } from '../component-base/index.ts';
import { createMemoryStorage } from './memory-storage.ts';
import { StorageError } from './storage.ts';
import { createWatchCache } from './watch-cache.ts';
const bytes = (text) => Buffer.from(text);
const unavailable = () => new StorageError('Unavailable', '', 'cut off');
/** Memory storage whose watches can be cut, and which counts what is asked of it. */
function breakable(clock) {
    const inner = createMemoryStorage({ clock });
    const calls = { get: 0, list: 0, watch: 0 };
    let cut = Promise.withResolvers();
    let failing = false;
    const storage = {
        currentRevision: () => inner.currentRevision(),
        get: (key) => {
            calls.get++;
            return inner.get(key);
        },
        list: (prefix, options) => {
            calls.list++;
            return inner.list(prefix, options);
        },
        create: (key, value, options) => inner.create(key, value, options),
        update: (key, value, expected) => inner.update(key, value, expected),
        delete: (key, expected) => inner.delete(key, expected),
        compact: (revision) => inner.compact(revision),
        async *watch(prefix, after, options) {
            calls.watch++;
            if (failing)
                throw unavailable();
            const events = inner.watch(prefix, after, options)[Symbol.asyncIterator]();
            try {
                for (;;) {
                    const result = await Promise.race([events.next(), cut.promise]);
                    if (result.done === true)
                        return;
                    yield result.value;
                }
            }
            finally {
                await events.return?.();
            }
        },
    };
    return {
        storage,
        inner,
        calls,
        breakWatch: () => {
            failing = true;
            cut.promise.catch(() => undefined);
            cut.reject(unavailable());
        },
        mend: () => {
            failing = false;
            cut = Promise.withResolvers();
        },
    };
}
async function cacheOver(clock, storage) {
    const cache = createWatchCache(storage, { clock, log: silentLogger });
    const running = await start([cache]);
    return { cache, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}
/** Collects keys of puts; the failure ends the list. */
function collect(storage, after, signal) {
    const seen = [];
    void (async () => {
        try {
            for await (const event of storage.watch('', after, { signal })) {
                if (event.type === 'put')
                    seen.push(event.kv.key);
            }
        }
        catch (err) {
            seen.push(err instanceof StorageError ? err.code : String(err));
        }
    })();
    return seen;
}
it('serves reads and watches from memory, with one watch of the store', async () => {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const clock = new FakeClock();
        const { storage, inner, calls } = breakable(clock);
        for (let i = 0; i < 2500; i++)
            await inner.create(`/${i}`, bytes('1'));
        const running = __addDisposableResource(env_1, await cacheOver(clock, storage), true);
        expect(calls).toEqual({ get: 0, list: 3, watch: 1 });
        const abort = new AbortController();
        const watches = Array.from({ length: 100 }, () => collect(running.cache, 2500, abort.signal));
        await inner.create('/by-another', bytes('1'));
        expect((await running.cache.get('/by-another'))?.modRevision).toBe(2501);
        expect((await running.cache.list('')).items).toHaveLength(2501);
        for (const seen of watches)
            await expect.poll(() => seen).toEqual(['/by-another']);
        expect(calls).toEqual({ get: 0, list: 3, watch: 1 });
        abort.abort();
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
});
it('reads through while its watch is broken, and its watchers miss nothing', async () => {
    const env_2 = { stack: [], error: void 0, hasError: false };
    try {
        const clock = new FakeClock();
        const { storage, inner, calls, breakWatch, mend } = breakable(clock);
        const running = __addDisposableResource(env_2, await cacheOver(clock, storage), true);
        const abort = new AbortController();
        const seen = collect(running.cache, 0, abort.signal);
        await running.cache.create('/1', bytes('1'));
        await expect.poll(() => seen).toEqual(['/1']);
        breakWatch();
        await clock.advance(0);
        await running.cache.create('/2', bytes('1'));
        await inner.create('/3', bytes('1'));
        expect((await running.cache.list('')).items.map((kv) => kv.key)).toEqual(['/1', '/2', '/3']);
        expect(seen).toEqual(['/1']);
        mend();
        await clock.advance(10_000);
        await expect.poll(() => seen).toEqual(['/1', '/2', '/3']);
        calls.get = 0;
        expect(await running.cache.get('/3')).toBeDefined();
        expect(calls.get).toBe(0);
        abort.abort();
    }
    catch (e_2) {
        env_2.error = e_2;
        env_2.hasError = true;
    }
    finally {
        const result_2 = __disposeResources(env_2);
        if (result_2)
            await result_2;
    }
});
it('takes the state anew when the history it missed is gone, and tells its watchers Compacted', async () => {
    const env_3 = { stack: [], error: void 0, hasError: false };
    try {
        const clock = new FakeClock();
        const { storage, inner, breakWatch, mend } = breakable(clock);
        const running = __addDisposableResource(env_3, await cacheOver(clock, storage), true);
        const abort = new AbortController();
        const kept = await running.cache.create('/kept', bytes('1'));
        const gone = await running.cache.create('/gone', bytes('1'));
        const seen = collect(running.cache, 0, abort.signal);
        await expect.poll(() => seen).toEqual(['/kept', '/gone']);
        breakWatch();
        await clock.advance(0);
        await inner.delete('/gone', gone.modRevision);
        await inner.create('/new', bytes('1'));
        await inner.compact(4);
        mend();
        await clock.advance(10_000);
        await expect.poll(() => seen).toEqual(['/kept', '/gone', 'Compacted']);
        const { items } = await running.cache.list('');
        expect(items.map((kv) => kv.key)).toEqual(['/kept', '/new']);
        expect(items[0]).toBe(kept);
        const again = collect(running.cache, 4, abort.signal);
        await running.cache.create('/newer', bytes('1'));
        await expect.poll(() => again).toEqual(['/newer']);
        abort.abort();
    }
    catch (e_3) {
        env_3.error = e_3;
        env_3.hasError = true;
    }
    finally {
        const result_3 = __disposeResources(env_3);
        if (result_3)
            await result_3;
    }
});
it('leaves no timer and no watch behind', async () => {
    const clock = new FakeClock();
    const { storage } = breakable(clock);
    for (let i = 0; i < 5; i++) {
        const running = await cacheOver(clock, storage);
        await running.cache.create(`/${i}`, bytes('1'));
        await running[Symbol.asyncDispose]();
    }
    expect(clock.pending).toBe(0);
});
