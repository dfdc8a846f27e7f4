import { aborted } from '../../component-base/index.ts';
const HISTORY_MS = 5 * 60_000;
const HISTORY_REVISIONS = 50_000;
const HISTORY_BYTES = 128 * 1024 * 1024;
const INTERVAL_MS = 30_000;
/** Marks within a full history: so much more than its limits it may hold, as a part of them. */
const MARKS = 16;
/** Keeps the history bounded by compacting what is too old, too long or too large. */
export class Retention {
    #clock;
    #log;
    #limits;
    /** In order, from the last one that was compacted up to. */
    #marks;
    #now;
    #wake;
    constructor({ clock, log, ...limits }, revision) {
        const { historyMs = HISTORY_MS, historyRevisions = HISTORY_REVISIONS, historyBytes = HISTORY_BYTES } = limits;
        this.#clock = clock;
        this.#log = log;
        this.#limits = { ms: historyMs, revisions: historyRevisions, bytes: historyBytes };
        this.#now = { at: clock.now(), revision, bytes: 0 };
        this.#marks = [this.#now];
    }
    /** Called for each change that is on the disk. */
    wrote(revision, bytes) {
        const { at, bytes: before } = this.#now;
        this.#now = { at, revision, bytes: before + bytes };
        const last = this.#marks.at(-1);
        if (last !== undefined && this.#fullness(last) * MARKS < 1)
            return;
        this.#mark();
        if (this.#isFull())
            this.#wake?.();
    }
    /** Compacts `store` whenever something is too old or too much, until `signal` aborts. */
    async run(store, signal) {
        const ended = () => signal.aborted;
        const stopped = aborted(signal);
        while (!ended()) {
            await this.#nextTurn(stopped);
            if (ended())
                return;
            this.#mark();
            while (this.#marks[1] !== undefined && this.#isDue(this.#marks[1]))
                this.#marks.shift();
            const oldest = this.#marks[0];
            const old = oldest !== undefined && this.#isDue(oldest) ? oldest.revision : 0;
            try {
                await store.compact(Math.max(old, this.#now.revision - this.#limits.revisions));
            }
            catch (err) {
                this.#log.warn({ err }, 'the history could not be compacted');
            }
        }
    }
    /** After a while, or at once when the history is full. */
    async #nextTurn(stopped) {
        const { promise: turn, resolve } = Promise.withResolvers();
        const wake = () => {
            resolve(undefined);
        };
        const cancel = this.#clock.after(Math.min(this.#limits.ms, INTERVAL_MS), wake);
        this.#wake = wake;
        if (this.#isFull())
            wake();
        await Promise.race([turn, stopped]);
        this.#wake = undefined;
        cancel();
    }
    #mark() {
        this.#now = { ...this.#now, at: this.#clock.now() };
        this.#marks.push(this.#now);
    }
    #isDue(mark) {
        return mark.at <= this.#now.at - this.#limits.ms || this.#fullness(mark) >= 1;
    }
    /** The second mark too is beyond the limits, so there is something to forget. */
    #isFull() {
        const second = this.#marks[1];
        return second !== undefined && this.#fullness(second) >= 1;
    }
    /** What was written since the mark, as a part of what the history may hold. */
    #fullness(mark) {
        const { revisions, bytes } = this.#limits;
        return Math.max((this.#now.revision - mark.revision) / revisions, (this.#now.bytes - mark.bytes) / bytes);
    }
}
