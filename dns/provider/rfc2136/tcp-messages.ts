import { connect, type Socket } from 'node:net';
import type { DnsAddress } from '../../server/index.ts';

/** DNS messages over one TCP connection (RFC 7766 §8), which an abort of the signal ends, and silence of `idleMs`. */
export class TcpMessages implements Disposable {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<unknown>;
  #received: Buffer = Buffer.alloc(0);

  constructor(server: DnsAddress, idleMs: number, signal: AbortSignal) {
    this.#socket = connect({ ...server, signal, noDelay: true });
    this.#socket.setTimeout(idleMs, () => this.#socket.destroy(new Error('no answer in time')));
    // Errors are told by `next`; those after the last one are nobody's.
    this.#socket.on('error', () => undefined);
    this.#chunks = this.#socket[Symbol.asyncIterator]();
  }

  send(message: Buffer): void {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    this.#socket.write(Buffer.concat([length, message]));
  }

  /** The next message that arrives. Rejects when the connection ends before. */
  async next(): Promise<Buffer> {
    await this.#need(2);
    const end = 2 + this.#received.readUInt16BE(0);
    await this.#need(end);
    const message = this.#received.subarray(2, end);
    this.#received = this.#received.subarray(end);
    return message;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #need(bytes: number): Promise<void> {
    while (this.#received.length < bytes) {
      const read = await this.#chunks.next();
      if (read.done === true) throw new Error('the server closed the connection');
      const chunk = read.value as Buffer; // @NOTE a socket without an encoding reads buffers
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    }
  }
}
