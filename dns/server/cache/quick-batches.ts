import { clientAddress, parseClientAddress, type ClientAddress } from '../../choice/index.ts';
import { AF_INET, hostOf, V4_AT, type MessageBatch, type NativeUdpSocket } from '../../udp/index.ts';
import type { DnsMetrics } from '../dns-metrics.ts';
import type { QuickAnswers } from './quick-answers.ts';
import type { QuickPeer } from './quick-peer.ts';

const HEADER_FROM = 2;
const HEADER_COUNT = 10;
const MAX_KNOWN_PEERS = 4096;

/** Answers packets of batches from where they stand, with what is kept from where that stands. */
export class QuickBatches {
  readonly #quick: QuickAnswers;
  readonly #metrics: DnsMetrics | undefined;
  readonly #address: number;
  readonly #peer = new SlotPeer();

  constructor(quick: QuickAnswers, metrics: DnsMetrics | undefined, socket: NativeUdpSocket) {
    this.#quick = quick;
    this.#metrics = metrics;
    this.#address = socket.addressOf(quick.memory);
  }

  /** False where the answer is not kept. */
  answer(batch: MessageBatch, slot: number, length: number): boolean {
    const quick = this.#quick;
    const { memory } = batch;
    const start = batch.offset(slot);
    this.#peer.is(batch, slot);
    const variant = quick.find(memory, start, length, this.#peer);
    if (variant === undefined) return false;
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
}

/** Who sent the packet of a slot. */
class SlotPeer implements QuickPeer {
  readonly transport = 'udp';
  readonly #known = new Map<number, ClientAddress | undefined>();
  #batch: MessageBatch | undefined;
  #slot = 0;

  is(batch: MessageBatch, slot: number): void {
    this.#batch = batch;
    this.#slot = slot;
  }

  address(): ClientAddress | undefined {
    if (this.#batch === undefined) return undefined;
    const peer = this.#batch.peer(this.#slot);
    if (peer.readUInt16LE(0) !== AF_INET) return parseClientAddress(hostOf(peer));
    const number = peer.readUInt32BE(V4_AT);
    const known = this.#known.get(number);
    if (known !== undefined) return known;
    const address = clientAddress(Uint8Array.from(peer.subarray(V4_AT, V4_AT + 4)), 32);
    if (this.#known.size >= MAX_KNOWN_PEERS) this.#known.clear();
    this.#known.set(number, address);
    return address;
  }
}
