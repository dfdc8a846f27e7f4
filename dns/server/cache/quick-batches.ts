import { parseClientAddress, type ClientAddress } from '../../choice/index.ts';
import { HEADER_BYTES } from '../../packet/index.ts';
import { AF_INET, hostOf, V4_AT, type MessageBatch, type NativeUdpSocket } from '../../udp/index.ts';
import type { DnsMetrics } from '../dns-metrics.ts';
import type { GuardedAnswers } from '../guard/guarded-responder.ts';
import type { QuickGate } from '../guard/quick-gate.ts';
import type { Variant } from './cached-answer.ts';
import type { QuickAnswers } from './quick-answers.ts';
import type { KnownClient, QuickPeer } from './quick-peer.ts';

const HEADER_FROM = 2;
const HEADER_COUNT = 10;
const TYPE_AND_CLASS_BYTES = 4;
const MAX_KNOWN_PEERS = 4096;
const nobody: KnownClient = { text: '', address: undefined };

/** Answers packets of batches from where they stand, with what is kept from where that stands. */
export class QuickBatches {
  readonly #quick: QuickAnswers;
  readonly #gate: QuickGate | undefined;
  readonly #metrics: DnsMetrics | undefined;
  readonly #address: number;
  readonly #peer = new SlotPeer();

  constructor({ answers, gate }: GuardedAnswers, metrics: DnsMetrics | undefined, socket: NativeUdpSocket) {
    this.#quick = answers;
    this.#gate = gate;
    this.#metrics = metrics;
    this.#address = socket.addressOf(answers.memory);
  }

  /** False where the answer is not kept, or not for this client, or not now. */
  answer(batch: MessageBatch, slot: number, length: number): boolean {
    const quick = this.#quick;
    const { memory } = batch;
    const start = batch.offset(slot);
    this.#peer.is(batch, slot);
    if (this.#gate?.mayAsk(this.#peer.client()) === false) return false;
    const variant = quick.find(memory, start, length, this.#peer);
    if (variant === undefined || !this.#maySend(memory, start, variant)) return false;
    if (quick.hasOptions) {
      quick.assembleInto({ target: memory, at: batch.replyOffset }, memory, start, variant);
      batch.replyWritten(slot, quick.lengthWith(variant));
    } else {
      const { header } = variant;
      for (let index = 0; index < HEADER_COUNT; index++) memory[start + HEADER_FROM + index] = header[index] ?? 0;
      batch.replyWith(slot, quick.questionEnd, this.#address + variant.start, variant.length);
    }
    this.#metrics?.requests.udp.inc();
    this.#metrics?.cacheHits.inc();
    quick.countSent();
    return true;
  }

  #maySend(bytes: Buffer, start: number, { header }: Variant): boolean {
    if (this.#gate === undefined) return true;
    // Of the header they are the bytes from 2: flags, then counts of questions and answers.
    const [flagsHigh = 0, flagsLow = 0, , , answersHigh = 0, answersLow = 0] = header;
    const name = { bytes, from: start + HEADER_BYTES, to: start + this.#quick.questionEnd - TYPE_AND_CLASS_BYTES };
    const answer = { flags: (flagsHigh << 8) | flagsLow, answers: (answersHigh << 8) | answersLow, name };
    return this.#gate.maySend(answer, this.#peer.client());
  }
}

/** Who sent the packet of a slot. */
class SlotPeer implements QuickPeer {
  readonly transport = 'udp';
  readonly #known = new Map<number, KnownClient>();
  #batch: MessageBatch | undefined;
  #slot = 0;

  is(batch: MessageBatch, slot: number): void {
    this.#batch = batch;
    this.#slot = slot;
  }

  address(): ClientAddress | undefined {
    return this.client().address;
  }

  client(): KnownClient {
    if (this.#batch === undefined) return nobody;
    const peer = this.#batch.peer(this.#slot);
    if (peer.readUInt16LE(0) !== AF_INET) return clientOf(peer);
    const number = peer.readUInt32BE(V4_AT);
    const known = this.#known.get(number);
    if (known !== undefined) return known;
    const client = clientOf(peer);
    if (this.#known.size >= MAX_KNOWN_PEERS) this.#known.clear();
    this.#known.set(number, client);
    return client;
  }
}

function clientOf(peer: Buffer): KnownClient {
  const text = hostOf(peer);
  return { text, address: parseClientAddress(text) };
}
