import { keyOf } from './fan-out.ts';
import { compareKeys } from './keys.ts';
import { OrderedVersions } from './ordered-versions.ts';
import { page, rewound } from './page.ts';
/** The present version of every key, in memory, in byte order. */
export class KeySpace {
    #versions = new OrderedVersions();
    get(key) {
        return this.#versions.get(key);
    }
    set(kv) {
        this.#versions.set(kv);
    }
    apply(event) {
        if (event.type === 'put')
            this.#versions.set(event.kv);
        else
            this.#versions.delete(keyOf(event));
    }
    /**
     * `before` tells what keys that have changed since were at the moment of the list. Keys behind the page are counted
     * and not visited.
     */
    list(prefix, options, before) {
        const { after = '', limit } = options;
        const starts = after !== '' && compareKeys(after, prefix) >= 0 ? isAfter(after) : isFrom(prefix);
        const past = new Map([...(before ?? [])].filter(([key]) => starts(key)));
        const present = Math.max(0, this.#versions.rank(isBehind(prefix)) - this.#versions.rank(starts));
        const total = present + this.#gained(past);
        const current = this.#range(prefix, starts);
        return page(past.size === 0 ? current : rewound(current, past), total, limit);
    }
    /** How many keys more there were when they were as `past` tells. */
    #gained(past) {
        let gained = 0;
        for (const [key, then] of past) {
            gained += (then === undefined ? 0 : 1) - (this.#versions.get(key) === undefined ? 0 : 1);
        }
        return gained;
    }
    *#range(prefix, starts) {
        for (const kv of this.#versions.from(starts)) {
            if (!kv.key.startsWith(prefix))
                return;
            yield kv;
        }
    }
}
const isFrom = (key) => (other) => compareKeys(other, key) >= 0;
const isAfter = (key) => (other) => compareKeys(other, key) > 0;
/** Keys that come after all keys with the prefix. */
const isBehind = (prefix) => (other) => !other.startsWith(prefix) && compareKeys(other, prefix) > 0;
