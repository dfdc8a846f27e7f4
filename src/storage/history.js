import { keyOf, revisionOf } from './fan-out.ts';
import { compacted } from './refusals.ts';
const sizeOf = (event) => event.type === 'put' ? event.kv.value.length + (event.previous?.value.length ?? 0) : event.previous.value.length;
/** The last changes, in order, as many as the limits allow. Forgets the oldest by itself. */
export class History {
    #limits;
    #events = [];
    /** Events before this index are forgotten; they are cut off when they are half of the array. */
    #first = 0;
    #bytes = 0;
    #floor;
    constructor(limits, floor = 0) {
        this.#limits = limits;
        this.#floor = floor;
    }
    /** Changes after this revision are known, and so are the states from it on. */
    get floor() {
        return this.#floor;
    }
    add(event) {
        this.#events.push(event);
        this.#bytes += sizeOf(event);
        while (this.#events.length - this.#first > this.#limits.events || this.#bytes > this.#limits.bytes)
            this.#forgetOne();
    }
    compact(revision) {
        for (let event = this.#events[this.#first]; event !== undefined; event = this.#events[this.#first]) {
            if (revisionOf(event) > revision)
                break;
            this.#forgetOne();
        }
        this.#floor = Math.max(this.#floor, revision);
    }
    /** All changes under `prefix` after `revision`. Throws `Compacted`. */
    after(revision, prefix) {
        if (revision < this.#floor)
            throw compacted(prefix, revision, this.#floor);
        return this.#events.slice(this.#indexAfter(revision)).filter((event) => keyOf(event).startsWith(prefix));
    }
    /** What the keys under `prefix` that changed after `revision` were at that revision. Throws `Compacted`. */
    rewind(revision, prefix) {
        const before = new Map();
        for (const event of this.after(revision, prefix)) {
            const key = keyOf(event);
            if (!before.has(key))
                before.set(key, event.previous);
        }
        return before;
    }
    #forgetOne() {
        const event = this.#events[this.#first];
        if (event === undefined)
            return;
        this.#floor = revisionOf(event);
        this.#bytes -= sizeOf(event);
        this.#first++;
        if (this.#first * 2 <= this.#events.length)
            return;
        this.#events = this.#events.slice(this.#first);
        this.#first = 0;
    }
    #indexAfter(revision) {
        let low = this.#first;
        let high = this.#events.length;
        while (low < high) {
            const middle = (low + high) >>> 1;
            const event = this.#events[middle];
            if (event !== undefined && revisionOf(event) <= revision)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
