import type { DnsMessage, MessageHandler } from '../message-handler.ts';
import type { FromWorker } from './worker-protocol.ts';

/** Messages of clients that wait for the other thread. */
const MAX_WAITING = 1000;

/** Has messages answered by the thread that has what they are about. */
export class PassedOnMessages implements MessageHandler {
  readonly opcodes: ReadonlySet<number>;
  readonly #post: (message: FromWorker) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<Buffer | undefined>>();
  #last = 0;

  constructor(opcodes: readonly number[], post: (message: FromWorker) => void) {
    this.opcodes = new Set(opcodes);
    this.#post = post;
  }

  async answer({ packet, header, questionType, source }: DnsMessage): Promise<Buffer | undefined> {
    if (this.#waiting.size >= MAX_WAITING) throw new Error('too many messages wait to be answered');
    const id = ++this.#last;
    const answered = Promise.withResolvers<Buffer | undefined>();
    this.#waiting.set(id, answered);
    this.#post({ kind: 'message', id, packet, header, questionType, client: source.client });
    return answered.promise;
  }

  /** What the other thread says. */
  answered(id: number, packet: Uint8Array | undefined): void {
    this.#waiting.get(id)?.resolve(packet && Buffer.from(packet));
    this.#waiting.delete(id);
  }
}
