import { untilAborted, type Clock } from '../component-base/index.ts';
import { openTls } from './connect.ts';
import { createHttp1Transport } from './http1-transport.ts';
import { Http2Session } from './http2-session.ts';
import type { TlsOptions, Transport, TransportRequest, TransportResponse } from './transport.ts';

/** The libraries of most clients and servers end the whole connection for a field of more than 64 KiB. */
const MAX_HTTP2_HEADER_BYTES = 60_000;

/**
 * HTTP/2 where the server speaks it, so that any number of watches and calls share one connection, else HTTP/1.1,
 * as for what is asked with more than fits the headers of HTTP/2.
 * Connects when the first request comes, and again whenever there is no connection.
 */
export function createTransport(url: URL, tls: TlsOptions, clock: Clock): Transport {
  return url.protocol === 'https:' ? new NegotiatingTransport(url, tls, clock) : createHttp1Transport(url, tls);
}

class NegotiatingTransport implements Transport {
  readonly #url: URL;
  readonly #tls: TlsOptions;
  readonly #clock: Clock;
  #sessions: Http2Session[] = [];
  #connecting: Promise<Http2Session | Transport> | undefined;
  #http1: Transport | undefined;
  #forLong: Transport | undefined;
  #disposed = false;

  constructor(url: URL, tls: TlsOptions, clock: Clock) {
    this.#url = url;
    this.#tls = tls;
    this.#clock = clock;
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const { signal } = request;
    if (headerBytes(request) > MAX_HTTP2_HEADER_BYTES) return this.#sendLong(request);
    for (;;) {
      signal.throwIfAborted();
      const carrier = this.#http1 ?? this.#sessions.find((session) => session.available);
      if (carrier !== undefined) return carrier.request(request);
      this.#connecting ??= this.#connect().finally(() => {
        this.#connecting = undefined;
      });
      await untilAborted(this.#connecting, signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    for (const session of this.#sessions) session.destroy();
    await this.#connecting?.catch(() => undefined);
    await this.#http1?.[Symbol.asyncDispose]();
    await this.#forLong?.[Symbol.asyncDispose]();
  }

  #sendLong(request: TransportRequest): Promise<TransportResponse> {
    if (this.#disposed) throw new Error('the client is closed');
    this.#forLong ??= createHttp1Transport(this.#url, this.#tls);
    return this.#forLong.request(request);
  }

  async #connect(): Promise<Http2Session | Transport> {
    if (this.#disposed) throw new Error('the client is closed');
    const socket = await openTls(this.#url, this.#tls);
    if (this.#isDisposed()) {
      socket.destroy();
      throw new Error('the client is closed');
    }
    if (socket.alpnProtocol === 'h2') {
      const session = new Http2Session(this.#url, socket, this.#clock);
      this.#sessions = [...this.#sessions.filter((other) => other.open), session];
      return session;
    }
    socket.destroy();
    this.#http1 = createHttp1Transport(this.#url, this.#tls);
    return this.#http1;
  }

  #isDisposed(): boolean {
    return this.#disposed;
  }
}

function headerBytes({ path, headers }: TransportRequest): number {
  let bytes = path.length;
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0);
  return bytes;
}
