import { Arena } from './arena.ts';
import type { CachedAnswer } from './cached-answer.ts';
import type { NameStamps } from './name-stamps.ts';
import type { QuestionKey } from './question-key.ts';
import { emptyRing, Variants, type EncodedVariant, type Ring, type Variant } from './variants.ts';

export interface AnswerCacheLimits {
  /** Of each of three parts of the memory that encoded answers and keys have. */
  readonly partBytes: number;
  /** Of each of two generations. */
  readonly maxAnswers: number;
}

export type NewAnswer = Pick<CachedAnswer, 'counted' | 'zone' | 'choosing' | 'reply'> & {
  readonly names: readonly string[];
};

const WORD_BYTES = Uint32Array.BYTES_PER_ELEMENT;

/**
 * Encoded answers by what decides about them in a question. Two generations bound it without bookkeeping on a hit: when
 * the young one is full it becomes the old one, and what nobody asked for in the old one is forgotten.
 */
export class AnswerCache {
  readonly arena: Arena;
  readonly #variants: Variants;
  readonly #stamps: NameStamps;
  readonly #maxAnswers: number;
  #young = new Map<number, CachedAnswer>();
  #old = new Map<number, CachedAnswer>();

  constructor(stamps: NameStamps, { partBytes, maxAnswers }: AnswerCacheLimits) {
    this.#stamps = stamps;
    this.#maxAnswers = maxAnswers;
    this.arena = new Arena(partBytes);
    this.#variants = new Variants(this.arena);
  }

  /** The answer to such a question, unless a name that it depends on has changed. */
  get(key: QuestionKey): CachedAnswer | undefined {
    const young = this.#young.get(key.hash);
    if (young !== undefined) return this.#isFor(young, key) ? young : undefined;
    const old = this.#old.get(key.hash);
    return old !== undefined && this.#isFor(old, key) ? this.#renewed(old) : undefined;
  }

  /** In place of any other with the same hash. */
  add(key: QuestionKey, { names, ...made }: NewAnswer): CachedAnswer {
    const slots = this.#stamps.slots(names);
    const { words } = this.arena;
    this.#prepare((key.wordCount + slots.length) * WORD_BYTES);
    const keyStart = this.arena.take((key.wordCount + slots.length) * WORD_BYTES);
    const slotsAt = keyStart / WORD_BYTES + key.wordCount;
    words.set(key.words.subarray(0, key.wordCount), keyStart / WORD_BYTES);
    words.set(slots, slotsAt);
    const answer: CachedAnswer = {
      hash: key.hash,
      keyStart,
      keyWords: key.wordCount,
      slotCount: slots.length,
      era: this.#stamps.era,
      stamp: this.#stamps.sum(words, slotsAt, slotsAt + slots.length),
      ...emptyRing(),
      ...made,
    };
    this.#young.set(answer.hash, answer);
    return answer;
  }

  /** One more encoding of an answer. */
  addVariant(ring: Ring, encoded: EncodedVariant): Variant {
    const bytes = this.#variants.bytesFor(encoded.packet.length - encoded.questionEnd);
    if (!this.arena.hasRoom(bytes)) this.#turn();
    return this.#variants.add(ring, encoded);
  }

  /** The encoding whose turn it is; undefined where one is still wanting. It is good until another is asked for. */
  nextVariant(ring: Ring): Variant | undefined {
    return this.#variants.next(ring);
  }

  #isFor(answer: CachedAnswer, key: QuestionKey): boolean {
    if (answer.era !== this.#stamps.era || answer.keyWords !== key.wordCount) return false;
    const { words } = this.arena;
    const at = answer.keyStart >> 2;
    const slotsAt = at + answer.keyWords;
    for (let index = 0; index < answer.keyWords; index++) if (words[at + index] !== key.words[index]) return false;
    return this.#stamps.sum(words, slotsAt, slotsAt + answer.slotCount) === answer.stamp;
  }

  /** One of the old generation, in the young one. All of it in one part: parts are forgotten as a whole. */
  #renewed(old: CachedAnswer): CachedAnswer {
    const variants = this.#variants;
    const keyBytes = (old.keyWords + old.slotCount) * WORD_BYTES;
    const rings = [old, ...(old.choosing?.rings.values() ?? [])];
    this.#prepare(rings.reduce((sum, ring) => sum + variants.bytesOf(ring), keyBytes));
    const keyStart = this.arena.take(keyBytes);
    this.arena.memory.copyWithin(keyStart, old.keyStart, old.keyStart + keyBytes);
    const answer = {
      ...old,
      ...variants.moved(old),
      keyStart,
      choosing: old.choosing && { ...old.choosing, rings: this.#movedRings(old.choosing.rings) },
    };
    this.#young.set(answer.hash, answer);
    return answer;
  }

  #movedRings(rings: ReadonlyMap<string, Ring>): Map<string, Ring> {
    return new Map([...rings].map(([outcome, ring]) => [outcome, this.#variants.moved(ring)]));
  }

  /** Makes sure that one more answer, of so many bytes, has its place in the young generation. */
  #prepare(bytes: number): void {
    if (this.#young.size >= this.#maxAnswers || !this.arena.hasRoom(bytes)) this.#turn();
  }

  #turn(): void {
    this.arena.turn();
    this.#old = this.#young;
    this.#young = new Map();
  }
}
