import type { Clock } from '../../src/component-base/index.ts';

export interface BlastRadius {
  /** Of all copies in members: more than this part must be confirmed. */
  readonly share: number;
  /** Fewer than so many are never asked about. */
  readonly copies: number;
}

export const defaultBlastRadius: BlastRadius = { share: 0.5, copies: 50 };

export type Verdict =
  | { readonly kind: 'go' }
  /** More may be about to come: ask again. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'held'; readonly asked: number; readonly total: number; readonly waitMs: number };

interface Wish {
  readonly first: number;
  last: number;
}

/** One change often asks for all its removals within this time. */
const SETTLE_MS = 1_000;
const HELD_REVIEW_MS = 10_000;
/** One who has not asked again for so long wants it no longer. */
const FORGOTTEN_AFTER_MS = 30_000;
/** What was let go counts for so long. */
const WINDOW_MS = 60_000;

/**
 * Keeps a change of placement (a policy, a label, a taint) from emptying most of the members at once: copies that are to
 * leave their cluster although their object stays are counted before the first of them goes.
 */
export class RemovalGuard {
  readonly #clock: Clock;
  readonly #total: () => number;
  readonly #limits: BlastRadius;
  readonly #wishes = new Map<string, Wish>();
  #window = { since: 0, gone: 0 };
  /** With what had gone of the window until then. */
  #counted = { at: -Infinity, total: 0 };

  constructor(clock: Clock, total: () => number, limits: BlastRadius) {
    this.#clock = clock;
    this.#total = total;
    this.#limits = limits;
  }

  /** `id` is that of the copy. Whoever is not let go asks again as long as it wants to. */
  ask(id: string): Verdict {
    const now = this.#clock.now();
    const { share, copies } = this.#limits;
    this.#review(now);
    const { total } = this.#counted;
    if (total < copies) return this.#letGo(id);
    const wish = this.#wishes.get(id) ?? { first: now, last: now };
    wish.last = now;
    this.#wishes.set(id, wish);
    if (now - wish.first < SETTLE_MS) return { kind: 'wait', waitMs: wish.first + SETTLE_MS - now };
    const asked = this.#wishes.size + this.#window.gone;
    if (asked < copies || asked <= share * total) return this.#letGo(id);
    return { kind: 'held', asked, total, waitMs: HELD_REVIEW_MS };
  }

  #letGo(id: string): Verdict {
    this.#wishes.delete(id);
    this.#window.gone += 1;
    return { kind: 'go' };
  }

  /** Once a second, as counting looks at every copy. */
  #review(now: number): void {
    if (now - this.#window.since >= WINDOW_MS) this.#window = { since: now, gone: 0 };
    if (now - this.#counted.at < SETTLE_MS) return;
    // What is let go may be there still; that only makes the guard a little more generous.
    this.#counted = { at: now, total: this.#total() + this.#window.gone };
    for (const [id, { last }] of this.#wishes) if (now - last > FORGOTTEN_AFTER_MS) this.#wishes.delete(id);
  }
}
