import type { ClientAddress } from '../../choice/index.ts';
import type { DnsMetrics } from '../dns-metrics.ts';
import { MAX_UDP_BYTES } from '../encode-reply.ts';
import type { GuardedAnswers } from '../guard/guarded-responder.ts';
import { AllowedAnswers } from './allowed-answers.ts';
import { KnownClients } from './known-clients.ts';
import type { KnownClient, KnownPeer } from './quick-peer.ts';

/** Answers packets that come one by one with what is kept, and makes nothing for it that is left behind. */
export class QuickPackets {
  readonly #allowed: AllowedAnswers;
  readonly #peer = new NamedPeer();
  #room = new AnswerRoom();

  constructor(quick: GuardedAnswers, metrics: DnsMetrics | undefined) {
    this.#allowed = new AllowedAnswers(quick, metrics);
  }

  /**
   * The whole answer, which stands until the next one is asked for, or for ever after `leave`; undefined where it is not
   * kept, or not for this client, or not now.
   */
  answer(packet: Buffer, client: string): Buffer | undefined {
    this.#peer.text = client;
    const variant = this.#allowed.find(packet, 0, packet.length, this.#peer);
    if (variant === undefined) return undefined;
    const { answers } = this.#allowed;
    const answer = this.#room.bytes(answers.lengthWith(variant));
    answers.assembleInto({ target: answer, at: 0 }, packet, 0, variant);
    return answer;
  }

  /** Whoever has the last answer keeps it. */
  leave(): void {
    this.#room = new AnswerRoom();
  }
}

/** Room for one answer, and a view of it for each length that was asked for. */
class AnswerRoom {
  readonly #memory = Buffer.alloc(MAX_UDP_BYTES);
  readonly #views: (Buffer | undefined)[] = [];

  bytes(length: number): Buffer {
    return (this.#views[length] ??= this.#memory.subarray(0, length));
  }
}

/** Who sent a packet, by the address that Node gives it. */
class NamedPeer implements KnownPeer {
  readonly transport = 'udp';
  readonly #known = new KnownClients<string>();
  text = '';

  address(): ClientAddress | undefined {
    return this.client().address;
  }

  client(): KnownClient {
    return this.#known.get(this.text) ?? this.#known.add(this.text, this.text);
  }
}
