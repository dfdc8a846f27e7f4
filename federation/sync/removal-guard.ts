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
  | { readonly kind: 'held'; readonly asked: number; readonly total: number; readonly waitMs: number }
  | { readonly kind: 'restored'; readonly isNew: boolean; readonly waitMs: number };

/** Says whether nothing at all may be removed in members for now. */
export interface Hold {
  readonly holds: boolean;
  /** It may have begun or ended. What is given back ends the calls. */
  onChange(handler: () => void): () => void;
}

export interface RemovalGuardDeps {
  readonly clock: Clock;
  /** How many copies there are. */
  readonly total: () => number;
  readonly hold: Hold;
}

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
/** While all is held; whoever is held is called when that ends. */
const RESTORED_REVIEW_MS = 60_000;
const RESTORED_FORGOTTEN_AFTER_MS = 150_000;

/**
 * Keeps a change of placement (a policy, a label, a taint) from emptying most of the members at once: copies that are to
 * leave their cluster although their object stays are counted before the first of them goes. While all is held, as
 * after a restore, no copy goes for whatever reason.
 */
export class RemovalGuard {
  readonly #clock: Clock;
  readonly #total: () => number;
  readonly #hold: Hold;
  readonly #limits: BlastRadius;
  readonly #wishes = new Map<string, Wish>();
  #window = { since: 0, gone: 0 };
  /** Held altogether: when each copy was last asked for, by cluster. */
  readonly #held = new Map<string, Map<string, number>>();
  /** With what had gone of the window until then. */
  #counted = { at: -Infinity, total: 0 };

  constructor({ clock, total, hold }: RemovalGuardDeps, limits: BlastRadius) {
    this.#clock = clock;
    this.#total = total;
    this.#hold = hold;
    this.#limits = limits;
  }

  /** Whether nothing goes for now, whatever the reason. Whoever is told so asks again as long as it wants to. */
  holding(cluster: string, copy: string): Extract<Verdict, { kind: 'restored' }> | undefined {
    if (!this.#hold.holds) {
      this.#held.clear();
      return undefined;
    }
    const held = this.#held.get(cluster) ?? new Map<string, number>();
    const isNew = !held.has(copy);
    this.#held.set(cluster, held.set(copy, this.#clock.now()));
    return { kind: 'restored', isNew, waitMs: RESTORED_REVIEW_MS };
  }

  /** The copies that would go from a cluster if they were let, as they were named. */
  held(cluster: string): readonly string[] {
    const oldest = this.#clock.now() - RESTORED_FORGOTTEN_AFTER_MS;
    const held = this.#held.get(cluster);
    if (held === undefined || !this.#hold.holds) return [];
    for (const [copy, last] of held) if (last < oldest) held.delete(copy);
    return [...held.keys()].sort();
  }

  /** Whether all is held may have changed. What is given back ends the calls. */
  onHold(handler: () => void): () => void {
    return this.#hold.onChange(handler);
  }

  /** Whether the copy may leave its cluster. Whoever is not let go asks again as long as it wants to. */
  ask(cluster: string, copy: string): Verdict {
    return this.holding(cluster, copy) ?? this.#count(`${cluster} ${copy}`);
  }

  #count(id: string): Verdict {
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
