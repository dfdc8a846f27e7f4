import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { DnsAddress } from '../../server/index.ts';

/** Of what has arrived and was not taken yet. */
const MAX_WAITING_BYTES = 2 ** 29;

/**
 * DNS messages over one TCP connection (RFC 7766 §8), which an abort of the signal ends, and silence of `idleMs`. What
 * arrives is taken in at once: servers give up clients that are slow in the middle of a transfer.
 */
export class TcpMessages implements Disposable {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #arrived = Promise.withResolvers<undefined>();
  #end: Error | undefined;

  constructor(server: DnsAddress, idleMs: number, signal: AbortSignal) {
    this.#socket = connect({ ...server, signal, noDelay: true });
    this.#socket.setTimeout(idleMs, () => this.#socket.destroy(new Error('no answer in time')));
    this.#socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
      if (this.#bytes > MAX_WAITING_BYTES) this.#socket.destroy(new Error('more than can be kept'));
      this.#arrived.resolve(undefined);
    });
    this.#socket.on('error', (err) => {
      this.#end ??= err;
    });
    this.#socket.on('close', () => {
      this.#end ??= new Error('the server closed the connection');
      this.#arrived.resolve(undefined);
    });
  }

  send(message: Buffer): void {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    this.#socket.write(Buffer.concat([length, message]));
  }

  /** The next message that arrives. Rejects when the connection ends before. */
  async next(): Promise<Buffer> {
    // What has arrived meanwhile goes first.
    await setImmediate();
    const [high = 0, low = 0] = await this.#take(2);
    return this.#take(high * 256 + low);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #take(bytes: number): Promise<Buffer> {
    while (this.#bytes < bytes) {
      if (this.#end !== undefined) throw this.#end;
      this.#arrived = Promise.withResolvers();
      await this.#arrived.promise;
    }
    const taken: Buffer[] = [];
    for (let missing = bytes; missing > 0;) {
      const chunk = this.#chunks.shift();
      if (chunk === undefined) break;
      taken.push(chunk.subarray(0, missing));
      if (chunk.length > missing) this.#chunks.unshift(chunk.subarray(missing));
      missing -= Math.min(missing, chunk.length);
    }
    this.#bytes -= bytes;
    return taken.length === 1 && taken[0] !== undefined ? taken[0] : Buffer.concat(taken);
  }
}
