import type { Clock } from '../../src/component-base/index.ts';

const FIRST_MS = 250;
const MAX_MS = 15_000;

/** How a listener comes to be although its address may be taken for a while. */
export class Retry {
  readonly #clock: Clock;
  #delayMs = FIRST_MS;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(fn: () => void): void {
    this.#cancel();
    this.#cancel = this.#clock.after(this.#delayMs, fn);
    this.#delayMs = Math.min(this.#delayMs * 2, MAX_MS);
  }

  stop(): void {
    this.#cancel();
    this.#delayMs = FIRST_MS;
  }
}
