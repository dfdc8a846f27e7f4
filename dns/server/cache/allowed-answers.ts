import { HEADER_BYTES } from '../../packet/index.ts';
import type { DnsMetrics } from '../dns-metrics.ts';
import type { GuardedAnswers } from '../guard/guarded-responder.ts';
import type { QuickGate } from '../guard/quick-gate.ts';
import type { Variant } from './variants.ts';
import type { QuickAnswers } from './quick-answers.ts';
import type { KnownPeer } from './quick-peer.ts';

const ANSWERS_AT = 4;
const TYPE_AND_CLASS_BYTES = 4;

/** What is kept, for those who may have it, counted. */
export class AllowedAnswers {
  readonly answers: QuickAnswers;
  readonly #gate: QuickGate | undefined;
  readonly #metrics: DnsMetrics | undefined;

  constructor({ answers, gate }: GuardedAnswers, metrics: DnsMetrics | undefined) {
    this.answers = answers;
    this.#gate = gate;
    this.#metrics = metrics;
  }

  /** What to send after the question; undefined where it is not kept, or not for this client, or not now. */
  find(bytes: Buffer, start: number, length: number, peer: KnownPeer): Variant | undefined {
    if (this.#gate?.mayAsk(peer.client()) === false) return undefined;
    const variant = this.answers.find(bytes, start, length, peer);
    if (variant === undefined || !this.#maySend(variant, { bytes, start, peer })) return undefined;
    this.#metrics?.requests.udp.inc();
    this.#metrics?.cacheHits.inc();
    this.answers.countSent();
    return variant;
  }

  #maySend(variant: Variant, { bytes, start, peer }: Asked): boolean {
    if (this.#gate === undefined) return true;
    // Of the header they are the bytes from 2: flags, then counts of questions and answers.
    const { memory, questionEnd } = this.answers;
    const flags = memory.readUInt16BE(variant.start);
    const answers = memory.readUInt16BE(variant.start + ANSWERS_AT);
    const name = { bytes, from: start + HEADER_BYTES, to: start + questionEnd - TYPE_AND_CLASS_BYTES };
    return this.#gate.maySend({ flags, answers, name }, peer.client());
  }
}

interface Asked {
  readonly bytes: Buffer;
  readonly start: number;
  readonly peer: KnownPeer;
}
