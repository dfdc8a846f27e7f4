import type { Clock } from '../../src/component-base/index.ts';
import type { Key } from '../../src/controller/index.ts';

/** After so long a lost event no longer holds the owner back. */
const EXPIRY_MS = 5 * 60_000;

interface Expected {
  creations: number;
  readonly deletions: Set<string>;
  readonly expiresAt: number;
}

/**
 * What an owner has done that its cache does not show yet. While an owner is not `satisfied`, counting its
 * dependents in the cache would count wrong, and it would create or delete too many.
 */
export class Expectations {
  readonly #clock: Clock;
  readonly #byOwner = new Map<Key, Expected>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  satisfied(owner: Key): boolean {
    const expected = this.#byOwner.get(owner);
    if (expected === undefined) return true;
    if (expected.creations > 0 || expected.deletions.size > 0) return expected.expiresAt <= this.#clock.now();
    this.#byOwner.delete(owner);
    return true;
  }

  /** Announce before the calls are made: their events may arrive before their answers. */
  expect(owner: Key, { creations = 0, deletions = [] }: { creations?: number; deletions?: readonly string[] }): void {
    const expiresAt = this.#clock.now() + EXPIRY_MS;
    this.#byOwner.set(owner, { creations, deletions: new Set(deletions), expiresAt });
  }

  /** A dependent appeared, or will not. */
  created(owner: Key, count = 1): void {
    const expected = this.#byOwner.get(owner);
    if (expected !== undefined) expected.creations -= count;
  }

  /** The dependent of this uid went or began to go, or will not. */
  deleted(owner: Key, uid: string): void {
    this.#byOwner.get(owner)?.deletions.delete(uid);
  }

  forget(owner: Key): void {
    this.#byOwner.delete(owner);
  }
}
