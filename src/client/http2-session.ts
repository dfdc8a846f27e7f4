import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../component-base/index.ts';
import { Http2Answer } from './http2-answer.ts';
import { failureOf, type Goaway } from './stream-fate.ts';
import type { TransportRequest, TransportResponse } from './transport.ts';

const PING_INTERVAL_MS = 3_000;
const PING_TIMEOUT_MS = 4_000;
const IDLE_PINGS = 30;
const STREAM_WINDOW_BYTES = 1 << 20;
const CONNECTION_WINDOW_BYTES = 1 << 24;

/**
 * One HTTP/2 connection. While it is used it asks the peer for a sign of life every few seconds and breaks when none
 * comes: a watch of a machine that lost its power would stay silent for ever. Unused for a while, it closes.
 */
export class Http2Session {
  readonly #session: ClientHttp2Session;
  readonly #clock: Clock;
  #active = 0;
  #idlePings = 0;
  #cancelPing: () => void = () => undefined;
  #failure: Error | undefined;
  #goaway: Goaway | undefined;

  constructor(url: URL, socket: TLSSocket, clock: Clock) {
    this.#clock = clock;
    this.#session = connect(url, {
      createConnection: () => socket,
      settings: { initialWindowSize: STREAM_WINDOW_BYTES, enablePush: false },
    });
    this.#session.once('connect', () => {
      this.#session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    });
    this.#session.on('error', (err: Error) => {
      this.#failure ??= err;
    });
    this.#session.on('goaway', (code: number, lastStreamId: number) => {
      this.#goaway = { code, lastStreamId };
    });
    this.#session.once('close', () => {
      this.#cancelPing();
    });
    this.#schedulePing();
  }

  /** Takes another request now, without making it wait for others to end. */
  get available(): boolean {
    if (this.#session.closed || this.#session.destroyed) return false;
    return this.#active < Math.min(this.#session.remoteSettings.maxConcurrentStreams ?? 100, 1000);
  }

  get open(): boolean {
    return !this.#session.closed && !this.#session.destroyed;
  }

  async request({ method, path, headers, body, signal }: TransportRequest): Promise<TransportResponse> {
    const { promise, resolve, reject } = Promise.withResolvers<TransportResponse>();
    const stream = this.#session.request(
      { ':method': method, ':path': path, ...headers },
      { endStream: body === undefined },
    );
    this.#active += 1;
    const abort = () => {
      stream.close(constants.NGHTTP2_CANCEL);
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
    };
    signal.addEventListener('abort', abort, { once: true });
    let error: Error | undefined;
    stream.on('error', (err: Error) => {
      error = err;
    });
    const answer = new Http2Answer(stream, () => this.#fateOf(stream, error));
    stream.once('close', () => {
      signal.removeEventListener('abort', abort);
      this.#active -= 1;
      reject(this.#fateOf(stream, error) ?? new Error('the server ended its answer before it began'));
    });
    stream.once('response', (received) => {
      resolve({
        status: received[':status'] ?? 0,
        header: (name) => {
          const value = received[name];
          return Array.isArray(value) ? value[0] : value;
        },
        body: answer,
      });
    });
    if (body !== undefined) stream.end(body);
    return promise;
  }

  /** Ends at once, with all that goes on. */
  destroy(): void {
    this.#session.destroy();
  }

  #fateOf(stream: ClientHttp2Stream, error: Error | undefined): Error | undefined {
    const { rstCode, id, readableEnded: isWhole } = stream;
    const session = { isOpen: this.open, failure: this.#failure, goaway: this.#goaway };
    return failureOf({ rstCode, id, isWhole, error, session });
  }

  #schedulePing(): void {
    this.#cancelPing = this.#clock.after(PING_INTERVAL_MS, () => {
      this.#idlePings = this.#active === 0 ? this.#idlePings + 1 : 0;
      if (this.#idlePings > IDLE_PINGS) this.#session.close();
      else this.#ping();
    });
  }

  #ping(): void {
    if (this.#session.closed || this.#session.destroyed) return;
    let answered = false;
    const cancel = this.#clock.after(PING_TIMEOUT_MS, () => {
      // A process that was busy for so long finds the answer waiting: read it before judging.
      setImmediate(() => {
        setImmediate(() => {
          if (!answered) this.#break(new Error(`no sign of life from the server within ${PING_TIMEOUT_MS} ms`));
        });
      });
    });
    this.#cancelPing = cancel;
    this.#session.ping((err) => {
      if (err !== null) return;
      answered = true;
      cancel();
      this.#schedulePing();
    });
  }

  #break(err: Error): void {
    this.#failure ??= err;
    this.#session.destroy(err);
  }
}
