import { Readable, Writable } from 'node:stream';
import type { WebSocket } from 'ws';

/** How messages say which channel they are of: a byte in front, or a digit in front of base64. */
export type ChannelCoding = 'binary' | 'base64';

const ZERO = 0x30;
const CLOSE_CHANNEL = 255;

/** Streams beside each other in the messages of one WebSocket, each on a channel with a number. */
export class Channels {
  readonly #webSocket: WebSocket;
  readonly #coding: ChannelCoding;
  readonly #receivers = new Map<number, { data(chunk: Buffer): void; end(): void }>();

  constructor(webSocket: WebSocket, coding: ChannelCoding) {
    this.#webSocket = webSocket;
    this.#coding = coding;
    webSocket.on('message', (message: Buffer) => {
      this.#receive(message);
    });
    webSocket.once('close', () => {
      for (const receiver of this.#receivers.values()) receiver.end();
    });
  }

  /** What comes on a channel. While it is not read, nothing is read of the others. */
  readable(channel: number): Readable {
    const readable = new Readable({
      read: () => {
        this.#webSocket.resume();
      },
    });
    this.#receivers.set(channel, {
      data: (chunk) => {
        if (!readable.destroyed && !readable.readableEnded && !readable.push(chunk)) this.#webSocket.pause();
      },
      end: () => {
        this.#receivers.delete(channel);
        readable.push(null);
      },
    });
    readable.once('close', () => {
      this.#webSocket.resume();
    });
    return readable;
  }

  /** Small messages, each of which is told as it comes. */
  listen(channel: number, listener: (message: Buffer) => void): void {
    this.#receivers.set(channel, { data: listener, end: () => undefined });
  }

  writable(channel: number): Writable {
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.send(channel, chunk).then(
          () => {
            done();
          },
          (err: unknown) => {
            done(err instanceof Error ? err : new Error(String(err)));
          },
        );
      },
    }).on('error', () => undefined);
  }

  /** Resolves when it has been handed to the connection, which takes as long as the client reads slowly. */
  send(channel: number, data: Buffer): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const done = (err?: Error | null) => {
      if (err) reject(err);
      else resolve(undefined);
    };
    if (this.#coding === 'binary') {
      this.#webSocket.send(Buffer.concat([Buffer.from([channel]), data]), { binary: true }, done);
    } else {
      this.#webSocket.send(String.fromCharCode(ZERO + channel) + data.toString('base64'), { binary: false }, done);
    }
    return promise;
  }

  #receive(message: Buffer): void {
    const [first] = message;
    if (first === undefined) return;
    if (this.#coding === 'base64') {
      this.#receivers.get(first - ZERO)?.data(Buffer.from(message.subarray(1).toString('latin1'), 'base64'));
    } else if (first === CLOSE_CHANNEL) {
      this.#receivers.get(message[1] ?? CLOSE_CHANNEL)?.end();
    } else this.#receivers.get(first)?.data(message.subarray(1));
  }
}
