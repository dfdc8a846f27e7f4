import { StorageError } from './storage.ts';
const END = { done: true, value: undefined };
/**
 * What one watcher has still to take. Bounded: the `push` that finds it full drops all and makes the next pull throw
 * `TooSlow`. One consumer, one pull at a time.
 */
export class EventBuffer {
    #prefix;
    #capacity;
    #onEnd;
    #events;
    #taken = 0;
    #waiting;
    #failure;
    #ended = false;
    /** `initial` is there to begin with and does not count against `limit`. `onEnd` is called once, however it ends. */
    constructor(prefix, initial, limit, onEnd) {
        this.#prefix = prefix;
        this.#events = [...initial];
        this.#capacity = limit + initial.length;
        this.#onEnd = onEnd;
    }
    get empty() {
        return this.#taken === this.#events.length;
    }
    push(event) {
        if (this.#ended)
            return;
        if (this.#waiting !== undefined) {
            const { resolve } = this.#waiting;
            this.#waiting = undefined;
            resolve({ done: false, value: event });
        }
        else if (this.#events.length - this.#taken < this.#capacity) {
            this.#events.push(event);
        }
        else {
            this.fail(new StorageError('TooSlow', this.#prefix, `${this.#capacity} events were waiting to be taken`));
        }
    }
    /** Drops what waits; the consumer's next pull throws. */
    fail(error) {
        if (this.#ended)
            return;
        if (this.#waiting === undefined)
            this.#failure = error;
        else
            this.#waiting.reject(error);
        this.#finish();
    }
    /** Drops what waits; the consumer's loop ends. */
    end() {
        if (this.#ended)
            return;
        this.#waiting?.resolve(END);
        this.#finish();
    }
    #finish() {
        this.#ended = true;
        this.#waiting = undefined;
        this.#events = [];
        this.#taken = 0;
        this.#onEnd();
    }
    next() {
        const value = this.#events[this.#taken];
        if (value !== undefined) {
            this.#taken++;
            if (this.empty) {
                this.#events = [];
                this.#taken = 0;
            }
            return Promise.resolve({ done: false, value });
        }
        if (this.#failure !== undefined) {
            const failure = this.#failure;
            this.#failure = undefined;
            return Promise.reject(failure);
        }
        if (this.#ended)
            return Promise.resolve(END);
        this.#waiting = Promise.withResolvers();
        return this.#waiting.promise;
    }
    return() {
        this.end();
        return Promise.resolve(END);
    }
    [Symbol.asyncIterator]() {
        return this;
    }
}
