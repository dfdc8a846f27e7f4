import { Expiries } from './expiries.ts';
import { DEFAULT_WATCH_BUFFER, FanOut } from './fan-out.ts';
import { History } from './history.ts';
import { KeySpace } from './key-space.ts';
import { checkSize } from './keys.ts';
import { requireAbsent, requireKnown, requireVersion } from './refusals.ts';
const HISTORY = { events: 50_000, bytes: 64 * 1024 * 1024 };
/** Everything in this process, gone with it. */
export function createMemoryStorage(options) {
    return new MemoryStorage(options);
}
class MemoryStorage {
    #clock;
    #keys = new KeySpace();
    #history;
    #watchers;
    /** Armed while somebody watches; otherwise every call sweeps first, so that no timer outlives the users of the store. */
    #expiries;
    constructor({ clock, watchBuffer = DEFAULT_WATCH_BUFFER, history = HISTORY }) {
        this.#clock = clock;
        this.#history = new History(history);
        this.#expiries = new Expiries(clock, (key) => {
            this.#remove(key);
        });
        this.#watchers = new FanOut({
            clock,
            limit: watchBuffer,
            onWatched: (watched) => {
                this.#expiries.arm(watched);
            },
        });
    }
    async currentRevision() {
        this.#expiries.sweep();
        return this.#watchers.revision;
    }
    async get(key) {
        this.#expiries.sweep();
        return this.#keys.get(key);
    }
    async list(prefix, options = {}) {
        this.#expiries.sweep();
        const current = this.#watchers.revision;
        const { revision = current } = options;
        requireKnown(prefix, revision, this.#history.floor, current);
        const before = revision === current ? undefined : this.#history.rewind(revision, prefix);
        return { ...this.#keys.list(prefix, options, before), revision };
    }
    async create(key, value, options = {}) {
        this.#expiries.sweep();
        checkSize(key, value);
        requireAbsent(key, this.#keys.get(key));
        const revision = this.#watchers.revision + 1;
        const kv = { key, value, createRevision: revision, modRevision: revision };
        this.#commit({ type: 'put', kv });
        if (options.ttlSeconds !== undefined)
            this.#expiries.set(key, this.#clock.now() + options.ttlSeconds * 1000);
        return kv;
    }
    async update(key, value, expected) {
        this.#expiries.sweep();
        checkSize(key, value);
        const previous = requireVersion(key, this.#keys.get(key), expected);
        const { createRevision } = previous;
        const kv = { key, value, createRevision, modRevision: this.#watchers.revision + 1 };
        this.#commit({ type: 'put', kv, previous });
        return kv;
    }
    async delete(key, expected) {
        this.#expiries.sweep();
        requireVersion(key, this.#keys.get(key), expected);
        return this.#remove(key);
    }
    async compact(revision) {
        requireKnown('', Math.max(revision, this.#history.floor), this.#history.floor, this.#watchers.revision);
        this.#history.compact(revision);
    }
    watch(prefix, after, options) {
        const open = () => {
            this.#expiries.sweep();
            const history = options.signal.aborted ? [] : this.#history.after(after, prefix);
            return this.#watchers.subscribe(prefix, after, history, options);
        };
        return { [Symbol.asyncIterator]: open };
    }
    #remove(key) {
        const previous = this.#keys.get(key);
        if (previous === undefined)
            return this.#watchers.revision;
        const revision = this.#watchers.revision + 1;
        this.#expiries.delete(key);
        this.#commit({ type: 'delete', key, revision, previous });
        return revision;
    }
    #commit(event) {
        this.#keys.apply(event);
        this.#history.add(event);
        this.#watchers.publish(event);
    }
}
