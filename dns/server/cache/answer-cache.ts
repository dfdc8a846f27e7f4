import { Arena, wholeWords } from './arena.ts';
import type { CachedAnswer, Variant, Variants } from './cached-answer.ts';
import type { NameStamps } from './name-stamps.ts';
import type { QuestionKey } from './question-key.ts';

export interface AnswerCacheLimits {
  /** Of each of three parts of the memory that encoded answers and keys have. */
  readonly partBytes: number;
  /** Of each of two generations. */
  readonly maxAnswers: number;
}

export type NewAnswer = Pick<CachedAnswer, 'counted' | 'zone' | 'choosing' | 'reply'> & {
  readonly names: readonly string[];
};

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
    this.#prepare(key.wordCount * 4);
    const keyStart = this.#take(key.wordCount * 4);
    this.arena.words.set(key.words.subarray(0, key.wordCount), keyStart >> 2);
    const slots = this.#stamps.slots(names);
    const answer: CachedAnswer = {
      hash: key.hash,
      keyStart,
      keyWords: key.wordCount,
      era: this.#stamps.era,
      slots,
      stamp: this.#stamps.sum(slots),
      variants: new Map(),
      ...made,
    };
    this.#young.set(answer.hash, answer);
    return answer;
  }

  /** One more encoding: `bytes` are what follows the question. */
  addVariant(
    variants: Variants,
    bytes: Buffer,
    { header, optBytes, serialAt }: Omit<Variant, 'start' | 'length'>,
  ): Variant {
    if (!this.arena.hasRoom(bytes.length)) this.#turn();
    const start = this.#take(bytes.length);
    this.arena.memory.set(bytes, start);
    const variant = { start, length: bytes.length, header, optBytes, serialAt };
    variants.list.push(variant);
    return variant;
  }

  #isFor(answer: CachedAnswer, key: QuestionKey): boolean {
    if (answer.era !== this.#stamps.era || answer.keyWords !== key.wordCount) return false;
    const { words } = this.arena;
    const at = answer.keyStart >> 2;
    for (let index = 0; index < answer.keyWords; index++) if (words[at + index] !== key.words[index]) return false;
    return this.#stamps.sum(answer.slots) === answer.stamp;
  }

  /** One of the old generation, in the young one. All of it in one part: parts are forgotten as a whole. */
  #renewed(old: CachedAnswer): CachedAnswer {
    const lists = [...old.variants.values()].flatMap(({ list }) => list);
    this.#prepare(old.keyWords * 4 + lists.reduce((sum, { length }) => sum + wholeWords(length), 0));
    const variants = new Map<string, Variants>();
    for (const [outcome, { list, wanted, next }] of old.variants) {
      const moved = list.map((variant) => ({ ...variant, start: this.#moved(variant.start, variant.length) }));
      variants.set(outcome, { list: moved, wanted, next });
    }
    const answer = { ...old, keyStart: this.#moved(old.keyStart, old.keyWords * 4), variants };
    this.#young.set(answer.hash, answer);
    return answer;
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
