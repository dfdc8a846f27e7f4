import type { Clock } from '../component-base/index.ts';

/** What costs more to do than to ask for: so much at once, and so much a second on the long run. */
export class Allowance {
  readonly #clock: Clock;
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #at: number;

  constructor(clock: Clock, { burst, perSecond }: { readonly burst: number; readonly perSecond: number }) {
    this.#clock = clock;
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
    this.#at = clock.now();
  }

  /** Whether one more is allowed. */
  take(): boolean {
    this.#left -= 1;
    if (this.#left >= 0) return true;
    const now = this.#clock.now();
    const earned = Math.min(this.#burst, Math.floor(((now - this.#at) / 1000) * this.#perSecond));
    if (earned < 1) return false;
    this.#at = now;
    this.#left = earned - 1;
    return true;
  }
}
