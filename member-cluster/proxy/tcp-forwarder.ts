import { createServer, type Server, type Socket } from 'node:net';
import { BackendChoice } from './backend-choice.ts';
import type { Forwarder, ForwarderDeps } from './forwarder.ts';
import type { ForwardingRule } from './proxier.ts';
import { connectToFirst, splice } from './splice.ts';

/** Listens for one TCP rule and joins each client to a backend. */
export class TcpForwarder implements Forwarder {
  readonly #deps: ForwarderDeps;
  readonly #choice: BackendChoice;
  readonly #connections: Set<Socket>;
  #server: Server | undefined;

  constructor(rule: ForwardingRule, deps: ForwarderDeps) {
    this.#deps = deps;
    this.#choice = new BackendChoice(rule, deps.clock, deps.nodeOf);
    this.#connections = deps.connections;
  }

  update(rule: ForwardingRule): void {
    this.#choice.rule = rule;
  }

  open(): Promise<void> {
    // Reading begins with the backend's connection, so that nothing is held for a client that has none.
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    server.once('error', reject);
    server.on('connection', (socket) => {
      this.#forward(socket);
    });
    const { host, port: clusterPort } = this.#choice.rule;
    const port = this.#deps.hostPort(host, clusterPort);
    server.listen({ host, port, exclusive: true }, () => {
      server.removeListener('error', reject);
      server.on('error', (err) => {
        this.#deps.log.warn({ err, host, port }, 'service listener failed');
      });
      resolve(undefined);
    });
    this.#server = server;
    return promise;
  }

  /** No new connections; those there are go on. */
  close(): void {
    if (this.#server?.listening !== true) return;
    this.#server.close();
    this.#server = undefined;
  }

  #forward(client: Socket): void {
    const address = client.remoteAddress;
    this.#track(client);
    // Until it is joined to a backend, whose end is then the answer to an error.
    client.on('error', () => client.destroy());
    // Without an address it is gone already.
    if (address === undefined || !this.#choice.admits(address)) {
      client.resetAndDestroy();
      return;
    }
    connectToFirst(this.#choice.candidates(address), address, this.#deps).then(
      (found) => {
        if (found === undefined || client.destroyed) {
          found?.socket.destroy();
          client.resetAndDestroy();
          return;
        }
        this.#track(found.socket);
        this.#choice.took(address, found.backend);
        splice(client, found.socket);
      },
      (err: unknown) => {
        this.#deps.log.error({ err }, 'service connection failed');
        client.resetAndDestroy();
      },
    );
  }

  #track(socket: Socket): void {
    this.#connections.add(socket);
    socket.once('close', () => this.#connections.delete(socket));
  }
}
