import type { ClientAddress } from '../../choice/index.ts';
import { AF_INET, hostOf, V4_AT, type MessageBatch, type NativeUdpSocket } from '../../udp/index.ts';
import type { DnsMetrics } from '../dns-metrics.ts';
import type { GuardedAnswers } from '../guard/guarded-responder.ts';
import { AllowedAnswers } from './allowed-answers.ts';
import { clientAt, KnownClients } from './known-clients.ts';
import type { KnownClient, KnownPeer } from './quick-peer.ts';

const nobody: KnownClient = { text: '', address: undefined };

/** Answers packets of batches from where they stand, with what is kept from where that stands. */
export class QuickBatches {
  readonly #allowed: AllowedAnswers;
  readonly #address: number;
  readonly #peer = new SlotPeer();

  constructor(quick: GuardedAnswers, metrics: DnsMetrics | undefined, socket: NativeUdpSocket) {
    this.#allowed = new AllowedAnswers(quick, metrics);
    this.#address = socket.addressOf(quick.answers.memory);
  }

  /** False where the answer is not kept, or not for this client, or not now. */
  answer(batch: MessageBatch, slot: number, length: number): boolean {
    const { answers } = this.#allowed;
    const { memory } = batch;
    const start = batch.offset(slot);
    this.#peer.is(batch, slot);
    const variant = this.#allowed.find(memory, start, length, this.#peer);
    if (variant === undefined) return false;
    if (answers.hasOptions) {
      answers.assembleInto({ target: memory, at: batch.replyOffset }, memory, start, variant);
      batch.replyWritten(slot, answers.lengthWith(variant));
    } else {
      answers.writeHeader(memory, start, variant);
      batch.replyWith(slot, answers.questionEnd, this.#address + answers.tailOf(variant), variant.length);
    }
    return true;
  }
}

/** Who sent the packet of a slot. */
class SlotPeer implements KnownPeer {
  readonly transport = 'udp';
  readonly #known = new KnownClients<number>();
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
    if (peer.readUInt16LE(0) !== AF_INET) return clientAt(hostOf(peer));
    const number = peer.readUInt32BE(V4_AT);
    return this.#known.get(number) ?? this.#known.add(number, hostOf(peer));
  }
}
