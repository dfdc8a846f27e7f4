import { HEADER_BYTES } from '../../packet/index.ts';
import { wholeWords, type Arena } from './arena.ts';

/** Of a header, what an answer has of its own: flags and counts, all behind the id. */
export const ANSWER_HEADER_AT = 2;
export const ANSWER_HEADER_BYTES = HEADER_BYTES - ANSWER_HEADER_AT;

/** One encoding of an answer: of the header what is its own, as it is sent, and what follows the question. */
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

/** The same records in different orders, given out in turn. */
export interface Ring {
  /** How many of them there are to be. Those that are not all there yet are not given out. */
  wanted: number;
  count: number;
  /** Where the one stands whose turn it was last. */
  last: number;
}

export const emptyRing = (wanted = 0): Ring => ({ wanted, count: 0, last: 0 });

/** What is to be kept of a packet. */
export interface EncodedVariant extends Pick<Variant, 'optBytes' | 'serialAt'> {
  readonly packet: Buffer;
  readonly questionEnd: number;
}

// Before the bytes of each, in words: where the one stands whose turn is next, and the numbers of a variant.
const FOLLOWING = 0;
const LENGTH = 1;
const OPT_BYTES = 2;
const SERIAL_AT = 3; // and 1, for there may be none
const HEAD_BYTES = 4 * Uint32Array.BYTES_PER_ELEMENT;

/** Rings of variants in an arena. A variant that it gives is good until it gives another. */
export class Variants {
  readonly #arena: Arena;
  readonly #given = { start: 0, length: 0, optBytes: 0, serialAt: -1 };

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** Of the arena, for one that is so long behind the question. */
  bytesFor(length: number): number {
    return wholeWords(HEAD_BYTES + ANSWER_HEADER_BYTES + length);
  }

  /** After all others: its turn comes when theirs has been. The arena has room for it. */
  add(ring: Ring, { packet, questionEnd, optBytes, serialAt }: EncodedVariant): Variant {
    const length = packet.length - questionEnd;
    const at = this.#arena.take(this.bytesFor(length));
    const start = at + HEAD_BYTES;
    packet.copy(this.#arena.memory, start, ANSWER_HEADER_AT, ANSWER_HEADER_AT + ANSWER_HEADER_BYTES);
    packet.copy(this.#arena.memory, start + ANSWER_HEADER_BYTES, questionEnd);
    const { words } = this.#arena;
    words[(at >> 2) + LENGTH] = length;
    words[(at >> 2) + OPT_BYTES] = optBytes;
    words[(at >> 2) + SERIAL_AT] = serialAt + 1;
    this.#link(ring, at);
    return this.#give(at);
  }

  /** The one whose turn it is, once all are there. */
  next(ring: Ring): Variant | undefined {
    if (ring.count === 0 || ring.count < ring.wanted) return undefined;
    const at = this.#following(ring.last);
    ring.last = at;
    return this.#give(at);
  }

  /** Of the arena, for all that are there. */
  bytesOf(ring: Ring): number {
    return this.#all(ring).reduce((sum, at) => sum + this.#bytesAt(at), 0);
  }

  /** A copy of all that are there, in the young part. The arena has room for it. */
  moved(ring: Ring): Ring {
    const copy = emptyRing(ring.wanted);
    for (const from of this.#all(ring)) {
      const bytes = this.#bytesAt(from);
      const at = this.#arena.take(bytes);
      this.#arena.memory.copyWithin(at, from, from + bytes);
      this.#link(copy, at);
    }
    return copy;
  }

  /** From the one whose turn it is. */
  #all({ count, last }: Ring): readonly number[] {
    const all: number[] = [];
    for (let at = last; all.length < count;) {
      at = this.#following(at);
      all.push(at);
    }
    return all;
  }

  #link(ring: Ring, at: number): void {
    const { words } = this.#arena;
    words[(at >> 2) + FOLLOWING] = ring.count === 0 ? at : this.#following(ring.last);
    if (ring.count > 0) words[(ring.last >> 2) + FOLLOWING] = at;
    ring.last = at;
    ring.count++;
  }

  #following(at: number): number {
    return this.#arena.words[(at >> 2) + FOLLOWING] ?? 0;
  }

  #bytesAt(at: number): number {
    return this.bytesFor(this.#arena.words[(at >> 2) + LENGTH] ?? 0);
  }

  #give(at: number): Variant {
    const { words } = this.#arena;
    const given = this.#given;
    given.start = at + HEAD_BYTES;
    given.length = words[(at >> 2) + LENGTH] ?? 0;
    given.optBytes = words[(at >> 2) + OPT_BYTES] ?? 0;
    given.serialAt = (words[(at >> 2) + SERIAL_AT] ?? 0) - 1;
    return given;
  }
}
