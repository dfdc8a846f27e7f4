import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { aborted, withDeadline, type Clock, type Logger } from '../../component-base/index.ts';
import type { HttpsListener, SecureServing } from '../api-server.ts';
import type { Handler } from './handler.ts';
import { methodNotAllowed } from '../registry/rules.ts';
import { HttpExchange } from './exchange.ts';

export interface ListenerDeps {
  readonly handler: Handler;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told when the listener begins to stop, before it does: /readyz answers no from then on. */
  readonly stopping: () => void;
}

/** As in Kubernetes: 3 MiB. */
const BODY_LIMIT_BYTES = 3 * 1024 * 1024;
/** Go's clients keep idle connections for 90 s and must not find them closed when they use one. */
const KEEP_ALIVE_MS = 120_000;
/** How long requests may go on that were begun before the listener was told to stop. */
const DRAIN_MS = 2_000;

/** A token with many groups and a URL with a long selector must fit; Node's own limit is 16 KiB. */
const HEADER_LIMIT_BYTES = 256 * 1024;

/** Go's clients have all their watches on one connection: Node's 10 MB for what waits there are soon full. */
const LIMITS = {
  maxSessionMemory: 256,
  maxHeaderSize: HEADER_LIMIT_BYTES,
  settings: { maxHeaderListSize: HEADER_LIMIT_BYTES },
};

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const UPGRADES = /^(websocket|spdy\/3\.1)$/i;
const PROXIED = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?(?:pods|services|nodes)\/[^/]+\/proxy(?:[/?]|$)/;
/** What comes with these goes on to somebody else, however long it is. */
const PASSED_ON = ['/namespaces/:namespace/pods', '/namespaces/:namespace/services', '/nodes'].flatMap((collection) => [
  `/api/v1${collection}/:name/proxy`,
  `/api/v1${collection}/:name/proxy/*`,
]);

/** HTTP/1.1 and HTTP/2 over TLS on one port. */
export function httpsListener(serving: SecureServing, deps: ListenerDeps): HttpsListener {
  let url = '';
  return {
    name: 'https',
    get url() {
      return url;
    },
    run: async (signal, ready) => {
      const sockets = new Set<Socket>();
      const exchange = new HttpExchange(deps);
      const app = await createApp(serving, exchange);
      app.server.on('connection', (socket: Socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
      });
      try {
        await app.listen({ host: serving.host, port: serving.port });
        url = urlOf(serving.host, app.server.address());
        ready();
        await aborted(signal);
      } finally {
        deps.stopping();
        await exchange.drain(withDeadline(DRAIN_MS));
        for (const socket of sockets) socket.destroy();
        await app.close();
      }
    },
  };
}

/** Fastify is loaded here: a server that is only used in process never needs it. */
async function createApp({ key, cert, clientCa }: SecureServing, exchange: HttpExchange) {
  const { fastify } = await import('fastify');
  const app = fastify({
    http2: true,
    https: { allowHTTP1: true, key, cert, ca: clientCa, requestCert: true, rejectUnauthorized: false, ...LIMITS },
    bodyLimit: BODY_LIMIT_BYTES,
    http2SessionTimeout: 0,
    exposeHeadRoutes: false,
    frameworkErrors: (error, _request, reply) => {
      exchange.refuse(error, reply);
    },
    routerOptions: { maxParamLength: 10_000 },
  });
  app.server.setTimeout(0);
  Object.assign(app.server, { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  app.setNotFoundHandler((_request, reply) => {
    exchange.refuse(methodNotAllowed(), reply);
  });
  app.setErrorHandler((error, _request, reply) => {
    exchange.refuse(error, reply);
  });
  app.route({
    method: METHODS,
    url: '*',
    handler: (request, reply) => exchange.serve(request, reply),
  });
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, body, done) => {
      done(null, body);
    });
    for (const url of PASSED_ON) {
      scope.route({ method: METHODS, url, handler: (request, reply) => exchange.serve(request, reply) });
    }
  });
  serveUpgrades(app.server, exchange);
  return app;
}

/** Requests with other upgrades, such as that to HTTP/2, are answered as if they had none: RFC 9110 §7.8. */
function serveUpgrades(server: Server, exchange: HttpExchange): void {
  Object.assign(server, {
    shouldUpgradeCallback: ({ headers, url = '' }: IncomingMessage) =>
      UPGRADES.test(headers.upgrade ?? '') || PROXIED.test(url),
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    void exchange.serveUpgrade(request, socket, head);
  });
}

function urlOf(host: string, address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') {
    throw new TypeError('the server listens on no port');
  }
  return `https://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
