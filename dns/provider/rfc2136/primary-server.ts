import { withDeadline, type Clock } from '../../../src/component-base/index.ts';
import { AXFR, PacketFull, rcodeOf, typeNumber, type Rcode } from '../../packet/index.ts';
import type { DnsAddress } from '../../server/index.ts';
import { signRequest, TsigError, type ReplyVerifier, type TsigKey } from '../../tsig/index.ts';
import type { QueryType } from '../../zone/index.ts';
import { encodeUpdate, MAX_UPDATE_BYTES, type UpdateMessage } from '../../update/index.ts';
import { DnsProviderError } from '../dns-provider.ts';
import { unreachable } from '../unreachable.ts';
import { encodeQuestion, readAnswer, type ToldAnswer, type ToldRecord } from './dns-message.ts';
import { TcpMessages } from './tcp-messages.ts';

export interface PrimaryServerOptions {
  readonly address: DnsAddress;
  /** Signs everything that is asked; without it the server must know us by our address. */
  readonly key?: TsigKey;
  /** For questions, for each update, and for each message of a transfer; 10 s. */
  readonly timeoutMs?: number;
  readonly clock: Clock;
}

export interface Question {
  readonly name: string;
  readonly type: QueryType;
}

/** What an answer to a transfer says where it is none. */
export class TransferRefused extends Error {
  readonly rcode: Rcode;

  constructor(rcode: Rcode) {
    super(`the server answers ${rcode}`);
    this.rcode = rcode;
  }
}

/** Questions on their way at once, on one connection. */
const WINDOW = 16;
const SOA = 'SOA';
/** Two names, the longest MAC, and what is fixed (RFC 8945 §4.2). */
const SIGNATURE_BYTES = 640;

/** The primary server of a zone, spoken to over TCP. Everything rejects with `DnsProviderError` where it fails. */
export class PrimaryServer {
  readonly #options: PrimaryServerOptions;

  constructor(options: PrimaryServerOptions) {
    this.#options = options;
  }

  get name(): string {
    const { host, port } = this.#options.address;
    return `${host}:${port}`;
  }

  /** Answers in the order of the questions. */
  async ask(questions: readonly Question[], signal: AbortSignal): Promise<readonly ToldAnswer[]> {
    return this.#connected(withDeadline(this.#timeoutMs, signal), signal, async (connection) => {
      const answers = new Array<ToldAnswer>(questions.length);
      const open = new Map<number, { readonly index: number; readonly replies: ReplyVerifier | undefined }>();
      const rest = questions.entries();
      const first = this.#randomId();
      const send = () => {
        const { done, value } = rest.next();
        if (done === true) return;
        const [index, { name, type }] = value;
        const id = (first + index) & 0xffff;
        const { packet, replies } = this.#signed(encodeQuestion(id, name, typeNumber(type)));
        open.set(id, { index, replies });
        connection.send(packet);
      };
      for (let sent = 0; sent < WINDOW; sent++) send();
      while (open.size > 0) {
        const packet = await connection.next();
        const asked = open.get(packet.readUInt16BE(0));
        if (asked === undefined) throw new Error('it answers something that was not asked');
        open.delete(packet.readUInt16BE(0));
        answers[asked.index] = readAnswer(this.#opened(packet, asked.replies));
        send();
      }
      return answers;
    });
  }

  /**
   * Every record of a zone, its SOA first. Rejects with `TransferRefused` where the server does not give it; what was
   * taken before it rejects is no whole zone.
   */
  async transfer(zone: string, take: (record: ToldRecord) => void, signal: AbortSignal): Promise<void> {
    await this.#connected(signal, signal, async (connection) => {
      const { packet, replies } = this.#signed(encodeQuestion(this.#randomId(), zone, AXFR));
      connection.send(packet);
      let isOpen = false;
      for (;;) {
        const { rcode, records } = readAnswer(this.#opened(await connection.next(), replies));
        if (rcode !== 0) throw new TransferRefused(rcodeOf(rcode));
        if (!isOpen && records[0]?.type !== SOA) throw new Error('its transfer does not begin with the SOA');
        for (const record of records) {
          // The SOA is also what it ends with (RFC 5936 §2.2).
          if (record.type === SOA && isOpen) {
            replies?.end();
            return;
          }
          isOpen = true;
          take(record);
        }
      }
    });
  }

  /** What the server says of the update. */
  async update(message: Omit<UpdateMessage, 'id'>, signal: AbortSignal): Promise<Rcode> {
    return this.#connected(withDeadline(this.#timeoutMs, signal), signal, async (connection) => {
      const { packet, replies } = this.#signed(
        encodeUpdate({ ...message, id: this.#randomId() }, MAX_UPDATE_BYTES - SIGNATURE_BYTES),
      );
      connection.send(packet);
      return rcodeOf(readAnswer(this.#opened(await connection.next(), replies)).rcode);
    });
  }

  get #timeoutMs(): number {
    return this.#options.timeoutMs ?? 10_000;
  }

  #randomId(): number {
    return Math.floor(this.#options.clock.random() * 0x10000);
  }

  #nowSeconds(): number {
    return Math.floor(this.#options.clock.now() / 1000);
  }

  #signed(message: Buffer): { readonly packet: Buffer; readonly replies: ReplyVerifier | undefined } {
    const { key } = this.#options;
    return key === undefined ? { packet: message, replies: undefined } : signRequest(message, key, this.#nowSeconds());
  }

  #opened(packet: Buffer, replies: ReplyVerifier | undefined): Buffer {
    return replies === undefined ? packet : replies.open(packet, this.#nowSeconds());
  }

  async #connected<T>(
    limit: AbortSignal,
    caller: AbortSignal,
    work: (connection: TcpMessages) => Promise<T>,
  ): Promise<T> {
    try {
      using connection = new TcpMessages(this.#options.address, this.#timeoutMs, limit);
      return await work(connection);
    } catch (err) {
      if (err instanceof TransferRefused) throw err;
      if (err instanceof PacketFull) {
        throw new DnsProviderError('Invalid', 'a name has more records than one update holds', { cause: err });
      }
      if (err instanceof TsigError) {
        throw new DnsProviderError('Denied', `DNS server ${this.name}: ${err.message}`, { cause: err });
      }
      throw unreachable(`DNS server ${this.name}`, err, { caller, limit });
    }
  }
}
