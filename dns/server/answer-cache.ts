import type { Rcode } from '../packet/index.ts';

interface Entry {
  readonly rcode: Rcode;
  /** The same answer with its records in other orders, given out in turn. */
  readonly variants: Buffer[];
  readonly wanted: number;
  next: number;
}

/** More orders than this make no client's choice fairer. */
const MAX_VARIANTS = 8;

/** What an entry costs beside its bytes, roughly. */
const OVERHEAD_BYTES = 200;

/**
 * Encoded answers by the bytes of their question. Two generations bound it without bookkeeping on a hit: when the
 * young one is full it becomes the old one, and the old one is forgotten.
 */
export class AnswerCache {
  readonly #limitBytes: number;
  #youngBytes = 0;
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();

  /** `limitBytes` is of one generation. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#youngBytes = 0;
  }

  /** The next of the answer's variants; undefined while not all of them are there. */
  get(key: string): { readonly rcode: Rcode; readonly packet: Buffer } | undefined {
    const entry = this.#find(key);
    if (entry === undefined || entry.variants.length < entry.wanted) return undefined;
    const packet = entry.variants[entry.next];
    entry.next = (entry.next + 1) % entry.variants.length;
    return packet === undefined ? undefined : { rcode: entry.rcode, packet };
  }

  /** Which rotation is to be encoded next for this key. */
  missing(key: string): number {
    return this.#find(key)?.variants.length ?? 0;
  }

  /** `orders` is how many rotations of the answer differ. */
  add(key: string, rcode: Rcode, packet: Buffer, orders: number): void {
    const entry = this.#find(key) ?? { rcode, variants: [], wanted: Math.min(orders, MAX_VARIANTS), next: 0 };
    entry.variants.push(packet);
    if (this.#youngBytes >= this.#limitBytes) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(key, entry);
    this.#youngBytes += packet.length + key.length + OVERHEAD_BYTES;
  }

  #find(key: string): Entry | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }
}
