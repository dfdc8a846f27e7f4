import { BTree } from './btree.ts';
import { compareKeys } from './keys.ts';
/** When which key is to go, and one timer for the earliest while somebody holds it armed. */
export class Expiries {
    #clock;
    #expire;
    #ordered = new BTree(undefined, (a, b) => a.at - b.at || compareKeys(a.key, b.key));
    #byKey = new Map();
    #armed = false;
    #timer;
    constructor(clock, expire) {
        this.#clock = clock;
        this.#expire = expire;
    }
    get(key) {
        return this.#byKey.get(key)?.at;
    }
    set(key, at) {
        this.delete(key);
        const expiry = { at, key };
        this.#byKey.set(key, expiry);
        this.#ordered.set(expiry, true);
        this.#schedule();
    }
    delete(key) {
        const expiry = this.#byKey.get(key);
        if (expiry === undefined)
            return;
        this.#byKey.delete(key);
        this.#ordered.delete(expiry);
    }
    clear() {
        this.#byKey.clear();
        this.#ordered.clear();
        this.#schedule();
    }
    /** Calls `expire` for what is due. Nothing is due twice. */
    sweep() {
        const now = this.#clock.now();
        for (let first = this.#ordered.minKey(); first !== undefined && first.at <= now; first = this.#ordered.minKey()) {
            this.delete(first.key);
            this.#expire(first.key);
        }
    }
    /** While armed, `sweep` is called by itself; a timer is pending only then. */
    arm(armed) {
        this.#armed = armed;
        this.#schedule();
    }
    #schedule() {
        const first = this.#armed ? this.#ordered.minKey() : undefined;
        if (this.#timer?.at === first?.at)
            return;
        this.#timer?.cancel();
        this.#timer = undefined;
        if (first === undefined)
            return;
        const cancel = this.#clock.after(first.at - this.#clock.now(), () => {
            this.#timer = undefined;
            this.sweep();
            this.#schedule();
        });
        this.#timer = { at: first.at, cancel };
    }
}
