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
import { createEmbeddedStorage } from './embedded-storage.ts';
import { silentLogger, start, systemClock } from '../../component-base/index.ts';
/**
 * Writes in bursts until it is killed. Prints a line for each write that was acknowledged: its revision, its key and
 * the number in its value.
 */
const [directory = '', round = '0'] = process.argv.slice(2);
const storage = createEmbeddedStorage({ directory, clock: systemClock, log: silentLogger });
async function write(writer) {
    const key = `/${round}/${writer}`;
    let kv = await storage.create(key, Buffer.from('0'));
    for (let n = 1;; n++) {
        process.stdout.write(`${kv.modRevision} ${key} ${n - 1}\n`);
        kv = await storage.update(key, Buffer.from(String(n).padEnd(n % 5000, ' ')), kv.modRevision);
    }
}
var _running;
const env_1 = { stack: [], error: void 0, hasError: false };
try {
    _running = __addDisposableResource(env_1, await start([storage]), true);
    await Promise.all(Array.from({ length: 20 }, (_, writer) => write(writer)));
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
