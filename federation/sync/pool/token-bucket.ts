import type { Clock } from '../../../src/component-base/index.ts';

export interface Rate {
  readonly perSecond: number;
  /** So many at once, after a pause. */
  readonly burst: number;
}

/** Lets so many pass in a second, in the order in which they came. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #rate: Rate;
  #at: number;
  /** Below zero by as many as wait. */
  #tokens: number;

  constructor(clock: Clock, rate: Rate) {
    this.#clock = clock;
    this.#rate = rate;
    this.#at = clock.now();
    this.#tokens = rate.burst;
  }

  /** Rejects with the signal's reason when it aborts first; then nothing has been taken. */
  async take(signal: AbortSignal): Promise<void> {
    const { perSecond, burst } = this.#rate;
    const now = this.#clock.now();
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) * perSecond) / 1000);
    this.#at = now;
    this.#tokens -= 1;
    if (this.#tokens >= 0) return;
    try {
      await this.#clock.sleep((-this.#tokens * 1000) / perSecond, signal);
    } catch (err) {
      this.#tokens += 1;
      throw err;
    }
  }
}
