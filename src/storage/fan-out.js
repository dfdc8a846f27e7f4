import { EventBuffer } from './event-buffer.ts';
export const DEFAULT_WATCH_BUFFER = 10_000;
const PROGRESS_INTERVAL_MS = 5_000;
export const revisionOf = (event) => event.type === 'put' ? event.kv.modRevision : event.revision;
export const keyOf = (event) => (event.type === 'put' ? event.kv.key : event.key);
/**
 * Hands each change to the watchers whose prefix its key has. Watchers are found by the few distinct lengths that
 * prefixes have, so those of other prefixes cost nothing.
 */
export class FanOut {
    #clock;
    #limit;
    #byPrefix = new Map();
    #lengths = new Map();
    #onWatched;
    #wantProgress = 0;
    #cancelProgress;
    #revision = 0;
    constructor({ clock, limit, onWatched }) {
        this.#clock = clock;
        this.#limit = limit;
        this.#onWatched = onWatched;
    }
    /** All changes up to here have been published. */
    get revision() {
        return this.#revision;
    }
    /** Nothing up to `revision` is still to be published. */
    advance(revision) {
        this.#revision = revision;
    }
    publish(event) {
        const revision = revisionOf(event);
        const key = keyOf(event);
        this.#revision = revision;
        for (const length of this.#lengths.keys()) {
            if (length > key.length)
                continue;
            const watchers = this.#byPrefix.get(key.slice(0, length));
            if (watchers === undefined)
                continue;
            for (const watcher of watchers) {
                if (revision <= watcher.after)
                    continue;
                watcher.told = revision;
                watcher.buffer.push(event);
            }
        }
    }
    /** Changes under `prefix` after `after`, beginning with `history`, which must reach up to `revision`. */
    subscribe(prefix, after, history, options) {
        const { signal, progress = false } = options;
        const told = Math.max(after, this.#revision);
        const initial = progress ? [...history, { type: 'progress', revision: told }] : [...history];
        const onAbort = () => {
            buffer.end();
        };
        const buffer = new EventBuffer(prefix, initial, this.#limit, () => {
            signal.removeEventListener('abort', onAbort);
            this.#remove(prefix, watcher);
        });
        const watcher = { buffer, after, progress, told };
        this.#add(prefix, watcher);
        if (signal.aborted)
            buffer.end();
        else
            signal.addEventListener('abort', onAbort, { once: true });
        return buffer;
    }
    failAll(error) {
        for (const watchers of this.#byPrefix.values()) {
            for (const watcher of watchers)
                watcher.buffer.fail(error);
        }
    }
    #add(prefix, watcher) {
        const watchers = this.#byPrefix.get(prefix);
        if (watchers === undefined) {
            this.#byPrefix.set(prefix, new Set([watcher]));
            this.#lengths.set(prefix.length, (this.#lengths.get(prefix.length) ?? 0) + 1);
            if (this.#byPrefix.size === 1)
                this.#onWatched?.(true);
        }
        else
            watchers.add(watcher);
        if (!watcher.progress)
            return;
        this.#wantProgress++;
        if (this.#wantProgress === 1)
            this.#scheduleProgress();
    }
    #remove(prefix, watcher) {
        const watchers = this.#byPrefix.get(prefix);
        if (watchers?.delete(watcher) !== true)
            return;
        if (watchers.size === 0) {
            this.#byPrefix.delete(prefix);
            const left = (this.#lengths.get(prefix.length) ?? 1) - 1;
            if (left === 0)
                this.#lengths.delete(prefix.length);
            else
                this.#lengths.set(prefix.length, left);
            if (this.#byPrefix.size === 0)
                this.#onWatched?.(false);
        }
        if (watcher.progress)
            this.#wantProgress--;
        if (this.#wantProgress > 0)
            return;
        this.#cancelProgress?.();
        this.#cancelProgress = undefined;
    }
    #scheduleProgress() {
        this.#cancelProgress = this.#clock.after(PROGRESS_INTERVAL_MS, () => {
            this.#scheduleProgress();
            this.#tellProgress();
        });
    }
    /** Whoever has events waiting will learn the revision from them. */
    #tellProgress() {
        for (const watchers of this.#byPrefix.values()) {
            for (const watcher of watchers) {
                if (!watcher.progress || !watcher.buffer.empty || watcher.told > this.#revision)
                    continue;
                watcher.told = this.#revision;
                watcher.buffer.push({ type: 'progress', revision: this.#revision });
            }
        }
    }
}
