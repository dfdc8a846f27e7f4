import type { Key } from './contract.ts';
import { Fifo } from './fifo.ts';

/** One of so many keys taken is of the last rank where keys wait: however many come that go first, all come to their turn. */
const LAST_EVERY = 8;

interface Ranked {
  readonly key: Key;
  readonly rank: number;
}

/** Keys that wait, each once: those of a lower rank first, of one rank in order. */
export class RankedKeys {
  readonly #fifos: Fifo[] = [];
  /** Entries of `#fifos` of another rank than this are of keys that have moved up or been taken. */
  readonly #rankOf = new Map<Key, number>();
  #taken = 0;

  get length(): number {
    return this.#rankOf.size;
  }

  /** A key that waits already may move up, and never moves down. */
  push(key: Key, rank: number): void {
    const before = this.#rankOf.get(key);
    if (before !== undefined && before <= rank) return;
    this.#rankOf.set(key, rank);
    while (this.#fifos.length <= rank) this.#fifos.push(new Fifo());
    this.#fifos[rank]?.push(key);
  }

  shift(): Ranked | undefined {
    this.#taken += 1;
    const ranks = [...this.#fifos.keys()];
    for (const rank of this.#taken % LAST_EVERY === 0 ? ranks.reverse() : ranks) {
      const key = this.#shiftOf(rank);
      if (key !== undefined) return { key, rank };
    }
    return undefined;
  }

  /** Only of rank 0. */
  shiftFirst(): Ranked | undefined {
    const key = this.#shiftOf(0);
    return key === undefined ? undefined : { key, rank: 0 };
  }

  clear(): void {
    for (const fifo of this.#fifos) fifo.clear();
    this.#rankOf.clear();
  }

  #shiftOf(rank: number): Key | undefined {
    for (;;) {
      const key = this.#fifos[rank]?.shift();
      if (key === undefined) return undefined;
      if (this.#rankOf.get(key) !== rank) continue;
      this.#rankOf.delete(key);
      return key;
    }
  }
}
