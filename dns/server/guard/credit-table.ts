import type { NameBytes } from './answer-kind.ts';

export interface CreditTableOptions {
  /** Accounts, rounded up to a power of two. */
  readonly size: number;
  readonly windowSeconds: number;
  /** What nobody can guess: who can choose which accounts collide could have others pay. */
  readonly seed: number;
}

/** Places that an account may have. */
const WAYS = 4;
const FNV_PRIME = 0x0100_0193;
const CASE_BIT = 0x20;

/** Accounts that earn so much a second and go no deeper into debt than a window's worth. A fixed piece of memory. */
export class CreditTable {
  readonly #tags: Uint32Array;
  readonly #seconds: Int32Array;
  readonly #credits: Float32Array;
  readonly #overdrawn: Uint8Array;
  readonly #mask: number;
  readonly #windowSeconds: number;
  readonly #seed: number;

  constructor({ size, windowSeconds, seed }: CreditTableOptions) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(size, WAYS)));
    this.#tags = new Uint32Array(places);
    this.#seconds = new Int32Array(places);
    this.#credits = new Float32Array(places);
    this.#overdrawn = new Uint8Array(places);
    this.#mask = places - 1;
    this.#windowSeconds = windowSeconds;
    this.#seed = seed;
  }

  hashPrefix(address: Uint8Array, prefixLength: number): number {
    let hash = this.#seed ^ address.length;
    for (let bit = 0; bit < prefixLength; bit += 8) {
      const mask = (0xff00 >> Math.min(prefixLength - bit, 8)) & 0xff;
      hash = Math.imul(hash ^ ((address[bit >> 3] ?? 0) & mask), FNV_PRIME);
    }
    return hash;
  }

  /** Of a part of a network's answers. Letters count the same in upper and lower case. */
  hash(network: number, kind: number, name?: NameBytes): number {
    let hash = Math.imul(network ^ kind, FNV_PRIME);
    if (name !== undefined) {
      const { bytes, from, to } = name;
      for (let at = from; at < to; at++) hash = Math.imul(hash ^ ((bytes[at] ?? 0) | CASE_BIT), FNV_PRIME);
    }
    return (hash ^ (hash >>> 15)) >>> 0;
  }

  /** Takes one from the account. 0 while there was credit, else how many times in a row there was none (it goes round). */
  spend(tag: number, perSecond: number, seconds: number): number {
    const at = this.#find(tag, perSecond, seconds);
    const credit = this.#earned(at, perSecond, seconds) - 1;
    this.#seconds[at] = seconds;
    this.#credits[at] = Math.max(credit, -this.#windowSeconds * perSecond);
    const overdrawn = credit >= 0 ? 0 : ((this.#overdrawn[at] ?? 0) % 240) + 1;
    this.#overdrawn[at] = overdrawn;
    return overdrawn;
  }

  /** Whether there is credit for one more. */
  canSpend(tag: number, perSecond: number, seconds: number): boolean {
    return this.#earned(this.#find(tag, perSecond, seconds), perSecond, seconds) >= 1;
  }

  #earned(at: number, perSecond: number, seconds: number): number {
    const earned = Math.max(seconds - (this.#seconds[at] ?? 0), 0) * perSecond;
    return Math.min((this.#credits[at] ?? 0) + earned, perSecond);
  }

  /** The account's place; a new one takes that of its neighbour that was used longest ago. */
  #find(tag: number, perSecond: number, seconds: number): number {
    const first = Math.imul(tag, WAYS) & this.#mask;
    let oldest = first;
    for (let way = 0; way < WAYS; way++) {
      const at = first + way;
      if (this.#tags[at] === tag && (this.#seconds[at] ?? 0) > 0) return at;
      if ((this.#seconds[at] ?? 0) < (this.#seconds[oldest] ?? 0)) oldest = at;
    }
    this.#tags[oldest] = tag;
    this.#seconds[oldest] = seconds;
    this.#credits[oldest] = perSecond;
    this.#overdrawn[oldest] = 0;
    return oldest;
  }
}
