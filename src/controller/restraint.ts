import type { Clock } from '../component-base/index.ts';

/** By then what follows from something urgent, here and in others' answers, has been done as a rule. */
const UNDER_WAY_MS = 40;
const PAUSE_MS = 4;

/** While something urgent is on its way, what can wait comes one by one, with pauses in which that goes on. */
export class Restraint {
  readonly #clock: Clock;
  #urgentAt = Number.NEGATIVE_INFINITY;
  #otherAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long what can wait has to. */
  waitMs(): number {
    const now = this.#clock.now();
    if (now - this.#urgentAt >= UNDER_WAY_MS) return 0;
    return Math.max(0, this.#otherAt + PAUSE_MS - now);
  }

  begun({ isUrgent }: { readonly isUrgent: boolean }): void {
    if (isUrgent) this.#urgentAt = this.#clock.now();
    else this.#otherAt = this.#clock.now();
  }
}
