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
import { DEFAULT_WATCH_BUFFER, FanOut, revisionOf } from '../fan-out.ts';
import { checkSize } from '../keys.ts';
import { compacted, requireAbsent, requireKnown, requireVersion } from '../refusals.ts';
import { StorageError, } from '../storage.ts';
import { Retention } from './retention.ts';
import { openFiles } from './files.ts';
import { LogReader } from './log-reader.ts';
import { Writer } from './writer.ts';
/** Of log records that a watcher which catches up is given before others get their turn. */
const CATCH_UP_STEP = 500;
/**
 * A store in a directory of this machine, on LMDB. What was acknowledged survives the end of the process at any moment,
 * and of the machine. Calls wait while it opens, and fail with `Unavailable` when it does not run.
 */
export function createEmbeddedStorage(options) {
    return new EmbeddedStorage(options);
}
class EmbeddedStorage {
    name = 'embedded storage';
    #options;
    #watchers;
    #opened;
    constructor(options) {
        this.#options = options;
        this.#watchers = new FanOut({ clock: options.clock, limit: options.watchBuffer ?? DEFAULT_WATCH_BUFFER });
        this.#opened = this.#closed();
    }
    async run(signal, ready) {
        const { directory, clock } = this.#options;
        const opening = Promise.withResolvers();
        opening.promise.catch(() => undefined);
        this.#opened = opening.promise;
        try {
            const env_1 = { stack: [], error: void 0, hasError: false };
            try {
                const files = __addDisposableResource(env_1, await openFiles(directory), true);
                const reader = new LogReader(files);
                const retention = new Retention(this.#options, files.revision);
                const writer = new Writer({
                    directory,
                    files,
                    reader,
                    clock,
                    onCommitted: (event) => {
                        if (event.type === 'put')
                            reader.remember(event.kv);
                        this.#watchers.publish(event);
                        retention.wrote(revisionOf(event), event.type === 'put' ? event.kv.value.length : 0);
                    },
                    onExpired: (key) => {
                        this.#expire(writer, key);
                    },
                });
                this.#watchers.advance(files.revision);
                opening.resolve({ reader, writer, floor: () => files.compacted });
                writer.arm();
                ready();
                await retention.run(writer, signal);
                this.#opened = this.#closed();
                await writer.close();
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
        catch (err) {
            opening.reject(err);
            throw err;
        }
        finally {
            this.#opened = this.#closed();
            this.#watchers.failAll(new StorageError('Unavailable', directory, 'the storage was closed'));
        }
    }
    async currentRevision() {
        await this.#opened;
        return this.#watchers.revision;
    }
    async get(key) {
        return (await this.#opened).reader.get(key);
    }
    async list(prefix, options = {}) {
        return (await this.#opened).reader.list(prefix, options);
    }
    async create(key, value, options = {}) {
        return this.#write(key, async (writer) => {
            checkSize(key, value);
            requireAbsent(key, writer.current(key));
            const revision = writer.nextRevision;
            const kv = { key, value, createRevision: revision, modRevision: revision };
            const { ttlSeconds } = options;
            const expiresAt = ttlSeconds === undefined ? undefined : this.#options.clock.now() + ttlSeconds * 1000;
            await writer.submit({ type: 'put', kv }, expiresAt);
            return kv;
        });
    }
    async update(key, value, expected) {
        return this.#write(key, async (writer) => {
            checkSize(key, value);
            const previous = requireVersion(key, writer.current(key), expected);
            const { createRevision } = previous;
            const kv = { key, value, createRevision, modRevision: writer.nextRevision };
            await writer.submit({ type: 'put', kv, previous });
            return kv;
        });
    }
    async delete(key, expected) {
        return this.#write(key, async (writer) => {
            const previous = requireVersion(key, writer.current(key), expected);
            const revision = writer.nextRevision;
            await writer.submit({ type: 'delete', key, revision, previous });
            return revision;
        });
    }
    async compact(revision) {
        const { writer } = await this.#opened;
        requireKnown('', revision, 0, this.#watchers.revision);
        await writer.compact(revision);
    }
    async *watch(prefix, after, options) {
        const ended = () => options.signal.aborted;
        if (ended())
            return;
        const { reader, floor } = await this.#opened;
        for (let cursor = after; !ended();) {
            if (cursor < floor())
                throw compacted(prefix, cursor, floor());
            const until = this.#watchers.revision;
            const records = reader.records(cursor, until, CATCH_UP_STEP).toArray();
            const events = records.filter(({ key }) => key.startsWith(prefix)).map((record) => reader.eventOf(record));
            cursor = records.at(-1)?.revision ?? until;
            if (cursor >= until) {
                yield* this.#watchers.subscribe(prefix, Math.max(after, until), events, options);
                return;
            }
            for (const event of events) {
                yield event;
                if (ended())
                    return;
            }
        }
    }
    /**
     * `decide` must submit before it first waits. It is told of the version that refused it only once that can be read:
     * whoever reads and tries again at once would otherwise find the old one for ever.
     */
    async #write(key, decide) {
        const { writer } = await this.#opened;
        try {
            return await decide(writer);
        }
        catch (refusal) {
            await writer.settled(key);
            throw refusal;
        }
    }
    /** The failure is that of a disk; every write shows it, and the key goes at the next start if not before. */
    #expire(writer, key) {
        const previous = writer.current(key);
        if (previous === undefined)
            return;
        writer.submit({ type: 'delete', key, revision: writer.nextRevision, previous }).catch((err) => {
            this.#options.log.warn({ key, err }, 'an expired key could not be deleted');
        });
    }
    #closed() {
        const error = new StorageError('Unavailable', this.#options.directory, 'the storage is not running');
        const closed = Promise.reject(error);
        closed.catch(() => undefined);
        return closed;
    }
}
