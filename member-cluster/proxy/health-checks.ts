import { createServer, type Server } from 'node:http';

/** A port of a node at which load balancers ask whether the node has endpoints of a Service (external policy Local). */
export interface HealthCheck {
  readonly host: string;
  readonly port: number;
  readonly namespace: string;
  readonly service: string;
  /** Ready ones on that node. */
  readonly localEndpoints: number;
}

export interface HealthChecksOptions {
  /** Told of an address that cannot be had; it is tried again with the next change of that check. */
  readonly onProblem: (check: HealthCheck, err: Error) => void;
}

interface Answering {
  readonly server: Server;
  check: HealthCheck;
}

/** Answers the health checks of load balancers. */
export class HealthChecks implements Disposable {
  readonly #options: HealthChecksOptions;
  readonly #answering = new Map<string, Answering>();

  constructor(options: HealthChecksOptions) {
    this.#options = options;
  }

  /** The whole desired state. */
  sync(checks: readonly HealthCheck[]): void {
    const wanted = new Map(checks.map((check) => [`${check.host} ${check.port}`, check]));
    for (const [key, { server }] of this.#answering) {
      if (wanted.has(key)) continue;
      close(server);
      this.#answering.delete(key);
    }
    for (const [key, check] of wanted) {
      const answering = this.#answering.get(key);
      if (answering === undefined) this.#answering.set(key, this.#answer(key, check));
      else answering.check = check;
    }
  }

  [Symbol.dispose](): void {
    this.sync([]);
  }

  #answer(key: string, first: HealthCheck): Answering {
    const server = createServer((_request, response) => {
      const { namespace, service: name, localEndpoints } = answering.check;
      response.writeHead(localEndpoints > 0 ? 200 : 503, {
        'content-type': 'application/json',
        'x-load-balancing-endpoint-weight': String(localEndpoints),
      });
      response.end(JSON.stringify({ service: { namespace, name }, localEndpoints, serviceProxyHealthy: true }));
    });
    const answering: Answering = { server, check: first };
    server.on('error', (err) => {
      if (this.#answering.get(key) === answering) this.#answering.delete(key);
      this.#options.onProblem(answering.check, err);
    });
    server.listen({ host: first.host, port: first.port, exclusive: true });
    return answering;
  }
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}
