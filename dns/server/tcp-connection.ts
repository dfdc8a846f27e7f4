import type { Socket } from 'node:net';
import type { Clock, Logger } from '../../src/component-base/index.ts';
import { ClientGone } from './client-gone.ts';
import type { Responder } from './packet-responder.ts';

export interface TcpOptions {
  /** A connection on which nothing is asked and nothing answered for so long is closed (RFC 7766 §6.2.3). */
  readonly idleMs: number;
  /** Questions of one connection that may wait for their answers; no more are read meanwhile. */
  readonly maxPending: number;
  /** Called with each question, each answer, and at the beginning. */
  readonly onActivity?: () => void;
}

export interface TcpDeps {
  readonly respond: Responder;
  readonly clock: Clock;
  readonly log: Logger;
}

const LENGTH_BYTES = 2;

/** One client's stream of length-prefixed questions; answers leave as they are ready, in any order (RFC 7766 §7). */
export class TcpConnection {
  readonly #socket: Socket;
  readonly #deps: TcpDeps;
  readonly #options: TcpOptions;
  readonly client: string;
  #received: Buffer = Buffer.alloc(0);
  #pending = 0;
  #ended = false;
  #cancelIdle: () => void = () => undefined;

  constructor(socket: Socket, deps: TcpDeps, options: TcpOptions) {
    this.#socket = socket;
    this.#deps = deps;
    this.#options = options;
    this.client = socket.remoteAddress ?? '';
  }

  /** Nothing is being answered, and nothing waits to be taken. */
  get isIdle(): boolean {
    return this.#pending === 0 && this.#socket.writableLength === 0;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Answers until either side closes or `signal` aborts. */
  serve(signal: AbortSignal): void {
    const socket = this.#socket;
    const onAbort = () => socket.destroy();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#next(signal);
    });
    socket.on('drain', () => {
      this.#next(signal);
    });
    socket.on('end', () => {
      this.#ended = true;
      this.#closeWhenAnswered();
    });
    socket.on('error', (err) => {
      this.#deps.log.debug({ err, client: this.client }, 'dns connection failed');
    });
    socket.on('close', () => {
      this.#cancelIdle();
      signal.removeEventListener('abort', onAbort);
    });
    socket.setNoDelay(true);
    this.#awaitMore();
    if (signal.aborted) onAbort();
  }

  #next(signal: AbortSignal): void {
    while (!this.#busy && this.#received.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.#received.readUInt16BE(0);
      if (this.#received.length < end) break;
      const packet = this.#received.subarray(LENGTH_BYTES, end);
      this.#received = this.#received.subarray(end);
      this.#awaitMore();
      this.#answer(packet, signal);
    }
    if (this.#busy) this.#socket.pause();
    else this.#socket.resume();
  }

  get #busy(): boolean {
    return this.#pending >= this.#options.maxPending || this.#socket.writableNeedDrain || this.#socket.destroyed;
  }

  #answer(packet: Buffer, signal: AbortSignal): void {
    const more = async (message: Buffer) => this.#sendMore(message);
    const answer = this.#deps.respond(packet, { transport: 'tcp', client: this.client, more }, signal);
    if (!(answer instanceof Promise)) {
      this.#send(answer);
      return;
    }
    this.#pending++;
    answer
      .then(
        (later) => {
          this.#send(later);
        },
        (err: unknown) => {
          this.#deps.log.error({ err }, 'dns answer not made');
        },
      )
      .finally(() => {
        this.#pending--;
        this.#awaitMore();
        this.#next(signal);
        this.#closeWhenAnswered();
      })
      .catch((err: unknown) => {
        this.#deps.log.error({ err }, 'dns connection failed');
      });
  }

  #send(answer: Buffer | undefined): void {
    if (answer === undefined || !this.#socket.writable) return;
    const length = Buffer.allocUnsafe(LENGTH_BYTES);
    length.writeUInt16BE(answer.length);
    this.#socket.write(Buffer.concat([length, answer]));
  }

  /** Resolves when the client has taken so much that there is room for another. */
  async #sendMore(message: Buffer): Promise<void> {
    const socket = this.#socket;
    this.#send(message);
    this.#awaitMore();
    if (!socket.writable) throw new ClientGone();
    if (!socket.writableNeedDrain) return;
    const room = Promise.withResolvers<undefined>();
    const onDrain = () => {
      room.resolve(undefined);
    };
    const onClose = () => {
      room.reject(new ClientGone());
    };
    socket.once('drain', onDrain);
    socket.once('close', onClose);
    try {
      await room.promise;
    } finally {
      socket.removeListener('drain', onDrain);
      socket.removeListener('close', onClose);
    }
  }

  #closeWhenAnswered(): void {
    if (this.#ended && this.#pending === 0) this.#socket.end();
  }

  #awaitMore(): void {
    if (!this.#socket.destroyed) this.#options.onActivity?.();
    this.#cancelIdle();
    this.#cancelIdle = this.#deps.clock.after(this.#options.idleMs, () => {
      this.#socket.destroy();
    });
  }
}
