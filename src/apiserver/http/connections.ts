import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { untilAborted } from '../../component-base/index.ts';
import type { Http2Connection } from '../../http2-server/index.ts';
import type { ConnectionMetrics } from './connection-metrics.ts';
import type { ServingLimits } from './serving-limits.ts';

export interface ConnectionsDeps {
  readonly server: Server;
  readonly limits: ServingLimits;
  readonly metrics: ConnectionMetrics;
}

/** The connections of one server, of both versions of HTTP. */
export class Connections {
  readonly #sockets = new Set<Socket>();
  /** Past the handshake, and of HTTP/1.1. */
  readonly #plain = new Set<TLSSocket>();
  readonly #multiplexed = new Set<Http2Connection>();
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
  }

  /** One that speaks HTTP/2. */
  add(connection: Http2Connection, socket: TLSSocket): void {
    this.#multiplexed.add(connection);
    socket.once('close', () => this.#multiplexed.delete(connection));
    if (this.#ending) connection.close();
  }

  /** Closes every connection once what was written has been sent; those that `signal` finds still open are cut. */
  async end(signal: AbortSignal): Promise<void> {
    this.#ending = true;
    this.leave();
    for (const socket of this.#plain) socket.destroySoon();
    this.#checkNone();
    await untilAborted(this.#none.promise, signal).catch(() => {
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  /** Says GOAWAY: clients take their next requests elsewhere, and what they asked already goes on. */
  leave(): void {
    for (const connection of this.#multiplexed) connection.close();
  }

  #checkNone(): void {
    if (this.#ending && this.#sockets.size === 0) this.#none.resolve(undefined);
  }
}
