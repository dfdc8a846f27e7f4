import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type SecureClientSessionOptions,
} from 'node:http2';
import type { Clock } from '../../component-base/index.ts';
import { GRPC_CODES, GrpcError } from './grpc-error.ts';
import { frame, Unframer } from './grpc-frames.ts';

const CONNECT_TIMEOUT_MS = 3_000;
/** etcd hangs up on those who ping more often than every five seconds, or while nothing goes on. */
const PING_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 5_000;
const STREAM_WINDOW_BYTES = 1 << 20;
const CONNECTION_WINDOW_BYTES = 1 << 24;

export interface EtcdTls {
  /** PEM of the CA that signed the servers' certificates; those that Node knows when absent. */
  readonly ca?: string;
  /** PEM of this client's certificate and key, where etcd asks for one. */
  readonly certificate?: string;
  readonly key?: string;
}

export interface CallOptions {
  readonly path: string;
  readonly body: Uint8Array;
  readonly deadlineMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

interface Connection {
  readonly session: ClientHttp2Session;
  connected: boolean;
  failure: Error | undefined;
  active: number;
  cancelTimer: () => void;
}

/** One endpoint: one HTTP/2 connection, made when it is needed and made anew when it broke. */
export class GrpcChannel {
  readonly endpoint: string;
  readonly #tls: SecureClientSessionOptions;
  readonly #clock: Clock;
  #connection: Connection | undefined;

  constructor(endpoint: string, { ca, certificate, key }: EtcdTls, clock: Clock) {
    this.endpoint = endpoint;
    this.#tls = {
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { cert: certificate }),
      ...(key === undefined ? {} : { key }),
    };
    this.#clock = clock;
  }

  call({ path, body, deadlineMs, headers }: CallOptions): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const connection = this.#connect();
    const { stream, outcome } = this.#request(connection, path, headers);
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    const cancel = this.#clock.after(deadlineMs, () => {
      stream.close(constants.NGHTTP2_CANCEL);
      const detail = `${this.endpoint} did not answer within ${deadlineMs} ms`;
      reject(new GrpcError(GRPC_CODES.deadlineExceeded, detail, { sent: connection.connected }));
    });
    stream.once('close', () => {
      cancel();
      const failure = outcome();
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      const [message] = new Unframer().add(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
      if (message === undefined) reject(new GrpcError(GRPC_CODES.unavailable, `${this.endpoint} sent no answer`));
      else resolve(message);
    });
    stream.end(frame(body));
    return promise;
  }

  /** A call in which both sides send as they like. */
  stream(path: string, headers: Readonly<Record<string, string>>): GrpcStream {
    const { stream, outcome } = this.#request(this.#connect(), path, headers);
    return new GrpcStream(stream, outcome);
  }

  close(): void {
    this.#connection?.session.destroy();
    this.#connection = undefined;
  }

  #connect(): Connection {
    const known = this.#connection;
    if (known !== undefined && !known.session.closed && !known.session.destroyed) return known;
    const session = connect(this.endpoint, {
      ...this.#tls,
      settings: { initialWindowSize: STREAM_WINDOW_BYTES, enablePush: false },
    });
    const connection: Connection = {
      session,
      connected: false,
      failure: undefined,
      active: 0,
      cancelTimer: this.#clock.after(CONNECT_TIMEOUT_MS, () => {
        session.destroy(new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`));
      }),
    };
    session.once('connect', () => {
      connection.connected = true;
      connection.cancelTimer();
      session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
      this.#schedulePing(connection);
    });
    session.on('error', (err: Error) => {
      connection.failure ??= err;
    });
    session.once('close', () => {
      connection.cancelTimer();
    });
    this.#connection = connection;
    return connection;
  }

  #request(connection: Connection, path: string, headers: Readonly<Record<string, string>>) {
    const stream = connection.session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let status: IncomingHttpHeaders = {};
    const onStatus = (received: IncomingHttpHeaders) => {
      if (received['grpc-status'] !== undefined) status = received;
    };
    connection.active++;
    stream.on('response', onStatus);
    stream.on('trailers', onStatus);
    // What it was is told by `outcome`, when the stream has closed.
    stream.on('error', () => undefined);
    stream.once('close', () => {
      connection.active--;
    });
    return { stream, outcome: () => this.#outcome(connection, stream, status) };
  }

  #outcome(connection: Connection, stream: ClientHttp2Stream, status: IncomingHttpHeaders): GrpcError | undefined {
    const code = status['grpc-status'];
    if (code === '0') return undefined;
    if (typeof code === 'string') {
      const message = status['grpc-message'];
      return new GrpcError(Number(code), typeof message === 'string' ? decodeURIComponent(message) : `status ${code}`);
    }
    const refused = !connection.connected || stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
    const cause = connection.failure;
    const detail = `${this.endpoint}: ${cause?.message ?? 'the connection ended'}`;
    return new GrpcError(GRPC_CODES.unavailable, detail, { sent: !refused, cause });
  }

  /** A machine that lost its power would stay silent for ever. */
  #schedulePing(connection: Connection): void {
    const { session } = connection;
    connection.cancelTimer = this.#clock.after(PING_INTERVAL_MS, () => {
      if (connection.active === 0) {
        this.#schedulePing(connection);
        return;
      }
      connection.cancelTimer = this.#clock.after(PING_TIMEOUT_MS, () => {
        session.destroy(new Error(`no sign of life within ${PING_TIMEOUT_MS} ms`));
      });
      session.ping((err) => {
        connection.cancelTimer();
        if (err === null) this.#schedulePing(connection);
      });
    });
  }
}

export class GrpcStream {
  readonly #stream: ClientHttp2Stream;
  readonly #outcome: () => GrpcError | undefined;

  constructor(stream: ClientHttp2Stream, outcome: () => GrpcError | undefined) {
    this.#stream = stream;
    this.#outcome = outcome;
  }

  send(message: Uint8Array): void {
    if (this.#stream.writable) this.#stream.write(frame(message));
  }

  close(): void {
    this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  /** The sender waits while nobody takes them. Throws `GrpcError` when the call ended with one. */
  async *messages(): AsyncGenerator<Buffer> {
    const unframer = new Unframer();
    try {
      // @NOTE nobody set an encoding, so that chunks are Buffers.
      for await (const chunk of this.#stream) yield* unframer.add(chunk as Buffer);
    } catch (err) {
      throw this.#outcome() ?? err;
    }
    const failure = this.#outcome();
    if (failure !== undefined) throw failure;
  }
}
