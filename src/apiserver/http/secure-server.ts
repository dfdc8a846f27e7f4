import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { SecureServing } from '../api-server.ts';
import type { ServingLimits } from './serving-limits.ts';

/** A token with many groups and a URL with a long selector must fit; Node's own limit is 16 KiB. */
export const HEADER_LIMIT_BYTES = 256 * 1024;

/** Node's server of HTTP/1.1 over TLS, which offers HTTP/2 too: whoever makes it takes those connections. */
export function createSecureServer(
  { key, cert, clientCa }: Pick<SecureServing, 'key' | 'cert' | 'clientCa'>,
  limits: ServingLimits,
): Server {
  return createServer({
    ...{ key, cert, ca: clientCa, requestCert: true, rejectUnauthorized: false },
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout: limits.receiveMs,
    // The kernel finds out who is gone without a word: a client that reads slowly would answer no ping of ours.
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    maxHeaderSize: HEADER_LIMIT_BYTES,
    keepAliveTimeout: limits.idleMs,
    headersTimeout: limits.receiveMs,
    connectionsCheckingInterval: Math.ceil(limits.receiveMs / 2),
    // Bodies have a deadline of their own: that of what is passed on is no matter of ours.
    requestTimeout: 0,
  });
}

/** Hands over the connections of clients that agreed to HTTP/2, before anybody else sees them. */
export function divertHttp2(server: Server, take: (socket: TLSSocket) => void): void {
  const nodes = server.listeners('secureConnection');
  server.removeAllListeners('secureConnection');
  server.on('secureConnection', (socket) => {
    if (socket.alpnProtocol === 'h2') take(socket);
    else for (const listener of nodes) Reflect.apply(listener, server, [socket]);
  });
}
