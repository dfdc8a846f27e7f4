import type { Clock } from '../component-base/index.ts';

const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/** Waits that double from a quarter of a second to ten seconds, each cut by up to half at random, so that many who lost one server do not return as one. */
export class BackOff {
  readonly #clock: Clock;
  #failures = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a failure without waiting. Returns how many there were in a row. */
  note(): number {
    return ++this.#failures;
  }

  reset(): void {
    this.#failures = 0;
  }

  /** Also resolves, at once, when `signal` aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    const ms = Math.min(FIRST_MS * 2 ** this.#failures, LONGEST_MS);
    this.#failures += 1;
    const gate = Promise.withResolvers<undefined>();
    const end = () => {
      gate.resolve(undefined);
    };
    const cancel = this.#clock.after(ms * (0.5 + this.#clock.random() / 2), end);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    await gate.promise;
    signal.removeEventListener('abort', end);
    cancel();
  }
}
