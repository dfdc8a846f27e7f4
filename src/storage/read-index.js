/**
 * Tells when a copy of a store has everything that the store acknowledged before the question was put. Questions that
 * come while the store is being asked share the next asking.
 */
export class ReadIndex {
    #currentRevision;
    /** In ascending order of revisions. */
    #waiters = [];
    #applied = 0;
    #live = false;
    #asking;
    #next;
    constructor(currentRevision) {
        this.#currentRevision = currentRevision;
    }
    get applied() {
        return this.#applied;
    }
    start() {
        this.#live = true;
    }
    /** The copy is not kept up any more; all who wait are told `false`. */
    stop() {
        this.#live = false;
        for (const waiter of this.#waiters.splice(0))
            waiter.resolve(false);
    }
    apply(revision) {
        this.#applied = Math.max(this.#applied, revision);
        let reached = 0;
        for (const waiter of this.#waiters) {
            if (waiter.revision > this.#applied)
                break;
            waiter.resolve(true);
            reached++;
        }
        if (reached > 0)
            this.#waiters.splice(0, reached);
    }
    /** Whether the copy may be read now; `false` when it is not kept up. Rejects when the store cannot be asked. */
    async fresh() {
        if (!this.#live)
            return false;
        return this.reached(await this.#ask());
    }
    /** Resolves when the copy has everything up to `revision`, to `false` when it is not kept up. */
    reached(revision) {
        if (!this.#live)
            return Promise.resolve(false);
        if (revision <= this.#applied)
            return Promise.resolve(true);
        const { promise, resolve } = Promise.withResolvers();
        const at = this.#waiters.findLastIndex((waiter) => waiter.revision <= revision) + 1;
        this.#waiters.splice(at, 0, { revision, resolve });
        return promise;
    }
    #ask() {
        if (this.#asking === undefined)
            return this.#begin();
        this.#next ??= this.#asking.then(() => this.#begin(), () => this.#begin());
        return this.#next;
    }
    #begin() {
        this.#next = undefined;
        const asking = this.#currentRevision().finally(() => {
            if (this.#asking === asking)
                this.#asking = undefined;
        });
        this.#asking = asking;
        return asking;
    }
}
