/** Hands events from a producer that never waits to one consumer that may; ends or fails after the last of them. */
export class EventQueue<T> {
  #events: T[] = [];
  #wake: (() => void) | undefined;
  #end: { readonly error?: unknown } | undefined;
  readonly #limit: number;
  readonly #overflow: () => unknown;

  /** More than `limit` waiting events end the queue with the error that `overflow` makes. */
  constructor(limit: number, overflow: () => unknown) {
    this.#limit = limit;
    this.#overflow = overflow;
  }

  push(event: T): void {
    if (this.#end !== undefined) return;
    if (this.#events.length >= this.#limit) {
      this.fail(this.#overflow());
      return;
    }
    this.#events.push(event);
    this.#wake?.();
  }

  end(): void {
    this.#end ??= {};
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  async *take(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const batch = this.#events;
      this.#events = [];
      yield* batch;
      if (this.#events.length > 0) continue;
      if (this.#end !== undefined) {
        if ('error' in this.#end) throw this.#end.error;
        return;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
