import type { Socket } from 'node:net';
import { TcpConnection, type TcpDeps, type TcpOptions } from './tcp-connection.ts';

export interface ConnectionLimits {
  readonly maxConnections: number;
  /** From one address, so that nobody takes the room of all others. */
  readonly maxConnectionsPerClient: number;
}

/**
 * The connections there are. One more than may be takes the place of the one on which nothing has happened for longest and
 * nothing is being answered; where there is none, it is closed itself (RFC 7766 §6.2.2, §10).
 */
export class TcpConnections {
  readonly #deps: TcpDeps;
  readonly #options: TcpOptions & ConnectionLimits;
  /** By when something last happened, the longest ago first. */
  readonly #open = new Set<TcpConnection>();
  readonly #perClient = new Map<string, number>();

  constructor(deps: TcpDeps, options: TcpOptions & ConnectionLimits) {
    this.#deps = deps;
    this.#options = options;
  }

  accept(socket: Socket, signal: AbortSignal): void {
    const client = socket.remoteAddress ?? '';
    const ofClient = this.#perClient.get(client) ?? 0;
    if (!this.#hasRoom(client, ofClient)) {
      socket.destroy();
      return;
    }
    const connection: TcpConnection = new TcpConnection(socket, this.#deps, {
      ...this.#options,
      onActivity: () => {
        this.#open.delete(connection);
        this.#open.add(connection);
      },
    });
    this.#perClient.set(client, (this.#perClient.get(client) ?? 0) + 1);
    socket.on('close', () => {
      this.#open.delete(connection);
      const left = (this.#perClient.get(client) ?? 1) - 1;
      if (left === 0) this.#perClient.delete(client);
      else this.#perClient.set(client, left);
    });
    connection.serve(signal);
  }

  #hasRoom(client: string, ofClient: number): boolean {
    const { maxConnections, maxConnectionsPerClient } = this.#options;
    if (ofClient >= maxConnectionsPerClient && !this.#closeIdle((other) => other.client === client)) return false;
    return this.#open.size < maxConnections || this.#closeIdle(() => true);
  }

  #closeIdle(fits: (connection: TcpConnection) => boolean): boolean {
    for (const connection of this.#open) {
      if (!connection.isIdle || !fits(connection)) continue;
      this.#open.delete(connection);
      connection.close();
      return true;
    }
    return false;
  }
}
