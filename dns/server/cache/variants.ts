/** One encoding of an answer: ten bytes of the header, flags and counts, as they are sent, and what follows the question. */
export interface Variant {
  /** Where the bytes of the header stand in the arena; the rest comes after them. */
  readonly start: number;
  /** Of what follows the question. */
  readonly length: number;
  /** Of its end: an OPT record. */
  readonly optBytes: number;
  /** Where the serial of a SOA stands in what follows the question; -1 where there is none. */
  readonly serialAt: number;
}

interface InTurn extends Variant {
  following: InTurn;
}

/** The same records in different orders, given out in turn. */
export class Variants {
  readonly wanted: number;
  #count = 0;
  #last: InTurn | undefined;

  constructor(wanted: number) {
    this.wanted = wanted;
  }

  get count(): number {
    return this.#count;
  }

  /** After all others: its turn comes when theirs has been. Those that are not all there yet are not given out. */
  add(variant: Variant): Variant {
    // @NOTE it follows itself until it stands in the ring.
    const added = { ...variant } as InTurn;
    added.following = this.#last?.following ?? added;
    if (this.#last !== undefined) this.#last.following = added;
    this.#last = added;
    this.#count++;
    return added;
  }

  /** The one whose turn it is, once all are there. */
  next(): Variant | undefined {
    if (this.#last === undefined || this.#count < this.wanted) return undefined;
    this.#last = this.#last.following;
    return this.#last;
  }

  /** From the one whose turn it is. */
  *[Symbol.iterator](): Generator<Variant> {
    let at = this.#last;
    for (let left = this.#count; at !== undefined && left > 0; left--) {
      at = at.following;
      yield at;
    }
  }
}
