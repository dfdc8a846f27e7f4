import type { Http2SecureServer, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { untilAborted } from '../../component-base/index.ts';
import type { ConnectionMetrics } from './connection-metrics.ts';
import type { ServingLimits } from './serving-limits.ts';

export interface ConnectionsDeps {
  readonly server: Http2SecureServer;
  readonly limits: ServingLimits;
  readonly metrics: ConnectionMetrics;
}

/** The connections of one server, of both versions of HTTP. */
export class Connections {
  readonly #sockets = new Set<Socket>();
  /** Past the handshake, and of HTTP/1.1. */
  readonly #plain = new Set<TLSSocket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #none = Promise.withResolvers<undefined>();
  #ending = false;

  constructor({ server, limits, metrics }: ConnectionsDeps) {
    server.maxConnections = limits.connections;
    server.on('drop', () => {
      metrics.refused('connections');
    });
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      metrics.opened();
      socket.once('close', () => {
        this.#sockets.delete(socket);
        metrics.closed();
        this.#checkNone();
      });
    });
    server.on('secureConnection', (socket: TLSSocket) => {
      if (socket.alpnProtocol === 'h2') return;
      this.#plain.add(socket);
      socket.once('close', () => this.#plain.delete(socket));
      if (this.#ending) socket.destroySoon();
    });
    server.on('session', (session) => {
      this.#sessions.add(session);
      session.once('close', () => this.#sessions.delete(session));
      closeWhenIdle(session, limits.idleMs);
      if (this.#ending) session.close();
    });
  }

  /** Closes every connection once what was written has been sent; those that `signal` finds still open are cut. */
  async end(signal: AbortSignal): Promise<void> {
    this.#ending = true;
    for (const session of this.#sessions) session.close();
    for (const socket of this.#plain) socket.destroySoon();
    this.#checkNone();
    await untilAborted(this.#none.promise, signal).catch(() => {
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  /** Says GOAWAY: clients take their next requests elsewhere, and what they asked already goes on. */
  leave(): void {
    for (const session of this.#sessions) session.close();
  }

  #checkNone(): void {
    if (this.#ending && this.#sockets.size === 0) this.#none.resolve(undefined);
  }
}

/** A quiet watch is no idleness. */
function closeWhenIdle(session: ServerHttp2Session, idleMs: number): void {
  let open = 0;
  session.on('stream', (stream: ServerHttp2Stream) => {
    open += 1;
    stream.once('close', () => {
      open -= 1;
    });
  });
  session.setTimeout(idleMs, () => {
    if (open === 0) session.close();
  });
}
