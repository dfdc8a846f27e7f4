/** Values for whoever listens at the time, each at their own pace. */
export class Broadcast<T> {
  readonly #listeners = new Set<(value: T) => void>();

  send(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }

  /** Values sent from the first pull on, until `signal` aborts. */
  async *values(signal: AbortSignal): AsyncGenerator<T> {
    const ended = () => signal.aborted;
    let waiting: T[] = [];
    let arrival = Promise.withResolvers<undefined>();
    const wake = () => {
      arrival.resolve(undefined);
    };
    const listener = (value: T) => {
      waiting.push(value);
      wake();
    };
    this.#listeners.add(listener);
    signal.addEventListener('abort', wake, { once: true });
    try {
      while (!ended()) {
        const taken = waiting;
        waiting = [];
        yield* taken;
        if (waiting.length > 0 || ended()) continue;
        await arrival.promise;
        arrival = Promise.withResolvers();
      }
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener('abort', wake);
    }
  }
}
