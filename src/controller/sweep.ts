import type { Clock } from '../component-base/index.ts';

/**
 * Looks at everything, for what may concern all of it: at once when asked to, and then no more than once in a while
 * however often it is asked. What was asked for last is never forgotten.
 */
export class Sweep {
  readonly #clock: Clock;
  readonly #pauseMs: number;
  readonly #look: () => void;
  #lastAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, pauseMs: number, look: () => void) {
    this.#clock = clock;
    this.#pauseMs = pauseMs;
    this.#look = look;
  }

  request(): void {
    if (this.#cancel !== undefined) return;
    const waitMs = this.#lastAt + this.#pauseMs - this.#clock.now();
    if (waitMs <= 0) this.#run();
    else
      this.#cancel = this.#clock.after(waitMs, () => {
        this.#run();
      });
  }

  /** Nothing comes of what was asked for and not done yet. */
  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #run(): void {
    this.#cancel = undefined;
    this.#look();
    // A look that takes long is not to be all that is done.
    this.#lastAt = this.#clock.now();
  }
}
