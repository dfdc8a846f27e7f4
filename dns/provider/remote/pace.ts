import type { Clock } from '../../../src/component-base/index.ts';

export interface PaceOptions {
  readonly perSecond: number;
  /** As many as go at once after a rest. */
  readonly burst: number;
}

/** Keeps requests below the rate that a provider answers; whoever asks has the next free moment, in turn. */
export class Pace {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #burst: number;
  #freeAt = 0;

  constructor(clock: Clock, { perSecond, burst }: PaceOptions) {
    this.#clock = clock;
    this.#intervalMs = 1000 / perSecond;
    this.#burst = burst;
  }

  /** Resolves when a request may be sent; rejects with the signal's reason when that aborts before. */
  async turn(signal?: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    const moment = Math.max(this.#freeAt, now - (this.#burst - 1) * this.#intervalMs);
    this.#freeAt = moment + this.#intervalMs;
    if (moment > now) await this.#clock.sleep(moment - now, signal);
  }
}
