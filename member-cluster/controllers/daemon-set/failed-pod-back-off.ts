import type { Clock } from '../../../src/component-base/index.ts';

const FIRST_MS = 1_000;
const LONGEST_MS = 15 * 60_000;
/** After so long without a failure it begins anew. */
const FORGOTTEN_MS = 2 * LONGEST_MS;

interface Failure {
  readonly at: number;
  readonly waitMs: number;
}

/** How long a failed daemon of a place is left alone: a kubelet that refuses it would refuse the next one too. */
export class FailedPodBackOff {
  readonly #clock: Clock;
  readonly #failures = new Map<string, Failure>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** 0 when the failed pod may be replaced now, which counts as done. Else how long to wait. */
  take(place: string): number {
    const now = this.#clock.now();
    const last = this.#failures.get(place);
    const fresh = last === undefined || now - last.at > FORGOTTEN_MS;
    if (!fresh && now - last.at < last.waitMs) return last.at + last.waitMs - now;
    if (fresh) this.#prune(now);
    this.#failures.set(place, { at: now, waitMs: fresh ? FIRST_MS : Math.min(2 * last.waitMs, LONGEST_MS) });
    return 0;
  }

  #prune(now: number): void {
    for (const [place, { at }] of this.#failures) if (now - at > FORGOTTEN_MS) this.#failures.delete(place);
  }
}
