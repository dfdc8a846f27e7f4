import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { aborted, withDeadline, type Clock, type Logger } from '../../component-base/index.ts';
import { http2Speaker } from './http2.ts';
import type { HttpsListener, SecureServing } from '../api-server.ts';
import type { Handler } from './handler.ts';
import { methodNotAllowed } from '../registry/rules.ts';
import { answerClientError } from './client-error.ts';
import type { ConnectionMetrics } from './connection-metrics.ts';
import { Connections } from './connections.ts';
import { HttpExchange, type Outgoing } from './exchange.ts';
import { createSecureServer, divertHttp2 } from './secure-server.ts';
import { DEFAULT_LIMITS, type ServingLimits } from './serving-limits.ts';
import { uploadDeadline } from './upload-deadline.ts';

export interface ListenerDeps {
  readonly handler: Handler;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: ConnectionMetrics;
  /** Told when the listener begins to stop, before it does: /readyz answers no from then on. */
  readonly stopping: () => void;
}

/** As in Kubernetes: 3 MiB. */
const BODY_LIMIT_BYTES = 3 * 1024 * 1024;
/** For what was written to reach the client before its connection is cut. */
const CLOSE_MS = 1_000;

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
  let shown: Pick<SecureServing, 'cert' | 'key'> = serving;
  let server: Server | undefined;
  return {
    name: 'https',
    renew: ({ cert, key }) => {
      createSecureContext({ cert, key });
      server?.setSecureContext({ cert, key, ca: serving.clientCa });
      shown = { cert, key };
    },
    get url() {
      return url;
    },
    run: async (signal, ready) => {
      const limits = { ...DEFAULT_LIMITS, ...serving.limits };
      const exchange = new HttpExchange({ ...deps, limits });
      const listening = createSecureServer({ ...serving, ...shown }, limits);
      server = listening;
      const app = await createApp(listening, { ...deps, limits, exchange });
      const connections = new Connections({ server: listening, limits, metrics: deps.metrics });
      const speakHttp2 = http2Speaker({
        clock: deps.clock,
        limits,
        route: (...pair) => {
          app.routing(...pair);
        },
      });
      divertHttp2(listening, (socket) => {
        connections.add(speakHttp2(socket), socket);
      });
      try {
        await app.listen({ host: serving.host, port: serving.port });
        url = urlOf(serving.host, listening.address());
        ready();
        await aborted(signal);
      } finally {
        deps.stopping();
        if (limits.shutdownDelayMs > 0) await deps.clock.sleep(limits.shutdownDelayMs);
        connections.leave();
        await exchange.drain(withDeadline(limits.drainMs));
        await connections.end(withDeadline(CLOSE_MS));
        await app.close();
      }
    },
  };
}

interface AppParts {
  readonly exchange: HttpExchange;
  readonly limits: ServingLimits;
  readonly clock: Clock;
}

/** Fastify is loaded here: a server that is only used in process never needs it. */
async function createApp(server: Server, { exchange, limits, clock }: AppParts) {
  const { fastify } = await import('fastify');
  const app = fastify({
    serverFactory: () => server,
    bodyLimit: BODY_LIMIT_BYTES,
    exposeHeadRoutes: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, _request, reply) => {
      exchange.refuse(error, reply);
    },
    routerOptions: { maxParamLength: 10_000 },
  });
  server.on('request', (request, response) => {
    app.routing(request, response);
  });
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
    preParsing: uploadDeadline<Outgoing & { readonly sent: boolean }>({ clock, ...limits }, (error, reply) => {
      exchange.refuseSlow(error, reply);
    }),
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
  serveUpgrades(server, exchange);
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
