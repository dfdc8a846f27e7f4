import type { Chooser, Chosen } from '../../choice/index.ts';
import { choosableIn, narrowedReply, type OnChosen } from '../choosing.ts';
import type { ServerCookies } from '../cookies/server-cookies.ts';
import type { ComposedReply } from '../dns-handler.ts';
import type { Count } from '../dns-metrics.ts';
import type { EncodedReply } from '../encode-reply.ts';
import { AnswerCache } from './answer-cache.ts';
import type { CachedAnswer, ChoosingAnswer, Serial } from './cached-answer.ts';
import type { NameStamps } from './name-stamps.ts';
import type { QuestionKey } from './question-key.ts';
import { QuickOptions } from './quick-options.ts';
import type { QuickPeer } from './quick-peer.ts';
import { ANSWER_HEADER_AT, ANSWER_HEADER_BYTES, emptyRing, type Ring, type Variant } from './variants.ts';

export interface QuickAnswersDeps {
  readonly key: QuestionKey;
  readonly stamps: NameStamps;
  readonly cookies: ServerCookies | undefined;
  readonly choosing?: { readonly chooser: Chooser; readonly onChosen: OnChosen } | undefined;
  /** The zone of this name. */
  readonly zoneOf?: ((name: string) => Serial | undefined) | undefined;
  /** All answers are old when it gives another value. */
  readonly generation?: (() => unknown) | undefined;
}

/** Where a packet is to stand. */
export interface Room {
  readonly target: Buffer;
  readonly at: number;
}

/** Encodes one variant of a reply to the question at hand, without options. */
export type EncodeVariant = (reply: ComposedReply, rotation: number) => EncodedReply;

const CACHE_LIMITS = { partBytes: 4 * 1024 * 1024, maxAnswers: 32_768 };
/** More orders than this make no client's choice fairer. */
const MAX_ORDERS = 8;
const MAX_OUTCOMES = 64;
/** What is longer is asked for so rarely that it is better made anew. */
const MAX_VARIANT_BYTES = 4096;

/**
 * Answers questions that were asked before from what was encoded then. Its fields are of the question that was looked for
 * last: one question after the other, each to its end.
 */
export class QuickAnswers {
  readonly #deps: QuickAnswersDeps;
  readonly #cache: AnswerCache;
  readonly #options: QuickOptions;
  #generation: unknown;
  #isPlain = false;
  #answer: CachedAnswer | undefined;
  #chosen: Chosen | undefined;
  /** By what is kept, not by the handler, which counts for itself. */
  #choseAnew = false;

  constructor(deps: QuickAnswersDeps) {
    this.#deps = deps;
    this.#generation = deps.generation?.();
    this.#cache = new AnswerCache(deps.stamps, CACHE_LIMITS);
    this.#options = new QuickOptions(deps.cookies);
  }

  /** The memory that variants stand in. What `find` gave may be sent from it until some thousand others were kept. */
  get memory(): Buffer {
    return this.#cache.arena.memory;
  }

  get questionEnd(): number {
    return this.#deps.key.questionEnd;
  }

  /** Options that are to be added to the variant: then it can only be sent as `assemble` makes it. */
  get hasOptions(): boolean {
    return this.#options.length > 0;
  }

  /** That what was found, or kept, is sent. */
  countSent(): void {
    this.#answer?.counted.inc();
    const choosing = this.#answer?.choosing;
    if (this.#choseAnew && choosing !== undefined && this.#chosen !== undefined) {
      this.#deps.choosing?.onChosen(choosing.choice, this.#chosen);
    }
  }

  /** What to send after the question; undefined when it is not there (yet). */
  find(packet: Buffer, start: number, length: number, peer: QuickPeer): Variant | undefined {
    const { key, generation, stamps } = this.#deps;
    this.#answer = undefined;
    this.#chosen = undefined;
    const current = generation?.();
    if (current !== this.#generation) {
      this.#generation = current;
      stamps.touch('all');
    }
    this.#isPlain = key.read(packet, start, length, peer.transport) && this.#options.read(packet, start, { key, peer });
    if (!this.#isPlain) return undefined;
    this.#answer = this.#cache.get(key);
    if (this.#answer === undefined) return undefined;
    this.#choose(this.#answer, peer);
    return this.#next(this.#answer);
  }

  /**
   * Keeps a reply to the question that was not found; whether it may be kept. Then, and where an answer was found but not
   * in the order or for the client whose turn it is, `complete` makes what is missing.
   */
  keep(reply: ComposedReply, counted: Count): boolean {
    const { chosenFrom } = reply;
    if (!this.#isPlain || !mayBeKept(reply)) return false;
    const { options: _, ...whole } = chosenFrom?.reply ?? reply;
    this.#chosen = chosenFrom?.chosen;
    this.#choseAnew = false;
    this.#answer = this.#cache.add(this.#deps.key, {
      counted,
      zone: this.#zoneOf(whole),
      choosing: chosenFrom === undefined ? undefined : this.#choosingOf(whole),
      reply: whole,
      names: whole.dependsOn ?? [],
    });
    this.#options.scope(this.#chosen?.scope ?? 0);
    return true;
  }

  /** What to send after the question; undefined where nothing is kept of it, or it would be too long. */
  complete(encode: EncodeVariant): Variant | undefined {
    const answer = this.#answer;
    if (answer?.reply === undefined) return undefined;
    const ring = this.#ringFor(answer, answer.reply);
    const turn = ring.count;
    if (turn >= ring.wanted) return this.#next(answer);
    const { packet, optBytes, serialAt } = this.#encode(answer.reply, turn, encode);
    const { questionEnd } = this;
    if (packet.length - questionEnd > MAX_VARIANT_BYTES) return undefined;
    const behind = serialAt === -1 ? -1 : serialAt - questionEnd;
    const variant = this.#cache.addVariant(ring, { packet, questionEnd, optBytes, serialAt: behind });
    if (answer.choosing === undefined && ring.count === ring.wanted) answer.reply = undefined;
    return this.#fits(variant) ? variant : undefined;
  }

  /** Where in the memory what follows the question stands. */
  tailOf(variant: Variant): number {
    return variant.start + ANSWER_HEADER_BYTES;
  }

  /** Over that of the question, which leaves the id as it is. */
  writeHeader(target: Buffer, at: number, { start }: Variant): void {
    const { memory } = this;
    for (let index = 0; index < ANSWER_HEADER_BYTES; index++)
      target[at + ANSWER_HEADER_AT + index] = memory[start + index] ?? 0;
  }

  /** Bytes of the whole packet. */
  lengthWith(variant: Variant): number {
    return this.questionEnd + variant.length + this.#options.length;
  }

  /** The whole packet. */
  assemble(packet: Buffer, start: number, variant: Variant): Buffer {
    const answer = Buffer.allocUnsafe(this.lengthWith(variant));
    this.assembleInto({ target: answer, at: 0 }, packet, start, variant);
    return answer;
  }

  /** Writes the whole packet. */
  assembleInto({ target, at }: Room, packet: Buffer, start: number, variant: Variant): void {
    const { questionEnd } = this;
    const options = this.#options;
    const from = this.tailOf(variant);
    packet.copy(target, at, start, start + questionEnd);
    this.writeHeader(target, at, variant);
    const end = at + questionEnd + variant.length;
    this.memory.copy(target, at + questionEnd, from, from + variant.length);
    if (options.length > 0) {
      const dataLengthAt = end - variant.optBytes + OPT_LENGTH_AT;
      target.writeUInt16BE(target.readUInt16BE(dataLengthAt) + options.length, dataLengthAt);
      options.copyTo(target, end);
    }
  }

  /** Whose serial is in the reply. */
  #zoneOf({ answers = [], authority = [] }: ComposedReply): Serial | undefined {
    const soa = [...answers, ...authority].find(({ type }) => type === 'SOA');
    return soa === undefined ? undefined : this.#deps.zoneOf?.(soa.name);
  }

  #choosingOf(reply: ComposedReply): ChoosingAnswer | undefined {
    const choice = choosableIn(reply)?.choice;
    const { choosing } = this.#deps;
    return choice && choosing && { choice, choose: choosing.chooser.prepare(choice), rings: new Map() };
  }

  #choose({ choosing }: CachedAnswer, peer: QuickPeer): void {
    const resolver = choosing === undefined ? undefined : peer.address();
    if (choosing === undefined || resolver === undefined) {
      this.#options.scope(0);
      return;
    }
    const { subnet } = this.#options;
    const chosen = choosing.choose(subnet === undefined ? { resolver } : { resolver, subnet });
    this.#chosen = chosen;
    this.#choseAnew = true;
    this.#options.scope(chosen.scope);
  }

  /** The variant whose turn it is, once all are there. */
  #next(answer: CachedAnswer): Variant | undefined {
    const ring = this.#ringOf(answer);
    const variant = ring && this.#cache.nextVariant(ring);
    if (variant === undefined || !this.#fits(variant)) return undefined;
    if (variant.serialAt !== -1 && answer.zone !== undefined) {
      this.memory.writeUInt32BE(answer.zone.serial, this.tailOf(variant) + variant.serialAt);
    }
    return variant;
  }

  #fits(variant: Variant): boolean {
    return this.lengthWith(variant) <= this.#deps.key.limit;
  }

  #ringOf(answer: CachedAnswer): Ring | undefined {
    return this.#chosen === undefined ? answer : answer.choosing?.rings.get(this.#chosen.outcome.key);
  }

  #ringFor(answer: CachedAnswer, reply: ComposedReply): Ring {
    const outcome = this.#chosen?.outcome;
    const ring = this.#ringOf(answer) ?? emptyRing();
    if (ring.count > 0) return ring;
    ring.wanted = Math.min(outcome?.equal ?? ordersOf(reply), MAX_ORDERS);
    const rings = answer.choosing?.rings;
    if (outcome === undefined || rings === undefined) return ring;
    if (rings.size >= MAX_OUTCOMES) rings.clear();
    rings.set(outcome.key, ring);
    return ring;
  }

  #encode(reply: ComposedReply, turn: number, encode: EncodeVariant): EncodedReply {
    const chosen = this.#chosen;
    if (chosen === undefined) return encode(reply, turn);
    return encode(narrowedReply(reply, { set: choosableIn(reply), chosen, turn }), 0);
  }
}

const OPT_LENGTH_AT = 9;

function mayBeKept({ rcode, personal, chosenFrom }: ComposedReply): boolean {
  return rcode !== 'SERVFAIL' && (personal !== true || chosenFrom !== undefined);
}

function ordersOf({ answers = [] }: ComposedReply): number {
  return Math.max(1, ...answers.map((set) => set.data.length));
}
