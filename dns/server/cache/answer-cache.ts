import { Arena, wholeWords } from './arena.ts';
import type { CachedAnswer } from './cached-answer.ts';
import type { NameStamps } from './name-stamps.ts';
import { HEADER_COUNT, HEADER_FROM, type QuestionKey } from './question-key.ts';
import { Variants, type Variant } from './variants.ts';

export interface AnswerCacheLimits {
  /** Of each of three parts of the memory that encoded answers and keys have. */
  readonly partBytes: number;
  /** Of each of two generations. */
  readonly maxAnswers: number;
}

export type NewAnswer = Pick<CachedAnswer, 'counted' | 'zone' | 'choosing' | 'reply'> & {
  readonly names: readonly string[];
};

/** What is to be kept of a packet. */
export interface EncodedVariant extends Pick<Variant, 'optBytes' | 'serialAt'> {
  readonly packet: Buffer;
  readonly questionEnd: number;
}

const WORD_BYTES = Uint32Array.BYTES_PER_ELEMENT;

/**
 * Encoded answers by what decides about them in a question. Two generations bound it without bookkeeping on a hit: when
 * the young one is full it becomes the old one, and what nobody asked for in the old one is forgotten.
 */
export class AnswerCache {
  readonly arena: Arena;
  readonly #stamps: NameStamps;
  readonly #maxAnswers: number;
  #young = new Map<number, CachedAnswer>();
  #old = new Map<number, CachedAnswer>();

  constructor(stamps: NameStamps, { partBytes, maxAnswers }: AnswerCacheLimits) {
    this.#stamps = stamps;
    this.#maxAnswers = maxAnswers;
    this.arena = new Arena(partBytes);
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
    const keyStart = this.#take((key.wordCount + slots.length) * WORD_BYTES);
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
      variants: undefined,
      chosen: made.choosing && new Map(),
      ...made,
    };
    this.#young.set(answer.hash, answer);
    return answer;
  }

  /** One more encoding: of a packet whose question ends there. */
  addVariant(variants: Variants, { packet, questionEnd, optBytes, serialAt }: EncodedVariant): Variant {
    const length = packet.length - questionEnd;
    if (!this.arena.hasRoom(HEADER_COUNT + length)) this.#turn();
    const start = this.#take(HEADER_COUNT + length);
    packet.copy(this.arena.memory, start, HEADER_FROM, HEADER_FROM + HEADER_COUNT);
    packet.copy(this.arena.memory, start + HEADER_COUNT, questionEnd);
    return variants.add({ start, length, optBytes, serialAt });
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
    const keyBytes = (old.keyWords + old.slotCount) * WORD_BYTES;
    const all = [...(old.variants ?? []), ...[...(old.chosen?.values() ?? [])].flatMap((variants) => [...variants])];
    const bytes = all.map(({ length }) => wholeWords(HEADER_COUNT + length));
    this.#prepare(bytes.reduce((sum, length) => sum + length, keyBytes));
    const answer = {
      ...old,
      keyStart: this.#moved(old.keyStart, keyBytes),
      variants: old.variants && this.#movedVariants(old.variants),
      chosen: old.chosen && new Map([...old.chosen].map(([key, variants]) => [key, this.#movedVariants(variants)])),
    };
    this.#young.set(answer.hash, answer);
    return answer;
  }

  #movedVariants(old: Variants): Variants {
    const moved = new Variants(old.wanted);
    for (const variant of old) {
      moved.add({ ...variant, start: this.#moved(variant.start, HEADER_COUNT + variant.length) });
    }
    return moved;
  }

  #moved(from: number, length: number): number {
    const start = this.#take(length);
    this.arena.memory.copyWithin(start, from, from + length);
    return start;
  }

  /** Makes sure that one more answer, of so many bytes, has its place in the young generation. */
  #prepare(bytes: number): void {
    if (this.#young.size >= this.#maxAnswers || !this.arena.hasRoom(bytes)) this.#turn();
  }

  #take(bytes: number): number {
    const start = this.arena.take(bytes);
    if (start === undefined) throw new TypeError(`an answer of ${bytes} bytes is more than the cache can have`);
    return start;
  }

  #turn(): void {
    this.arena.turn();
    this.#old = this.#young;
    this.#young = new Map();
  }
}
