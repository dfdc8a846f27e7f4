import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../component-base/index.ts';
import { HpackEncoder, Http2Connection, type Http2Response } from '../../http2-server/index.ts';
import { headersTooLong } from './client-error.ts';
import { HEADER_LIMIT_BYTES } from './secure-server.ts';
import type { ServingLimits } from './serving-limits.ts';

export interface Http2SpeakerDeps {
  readonly clock: Clock;
  readonly limits: Pick<ServingLimits, 'idleMs'>;
  /** What every request goes to, of either version. */
  readonly route: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Go's clients have all their watches on one connection; when more are wanted than fit, they open another one. */
const PER_CONNECTION = { streams: 1_000, headerBytes: HEADER_LIMIT_BYTES, waitingBytes: 256 * 1024 * 1024 };

/** Speaks HTTP/2 on connections whose clients agreed to it. */
export function http2Speaker({ clock, limits, route }: Http2SpeakerDeps): (socket: TLSSocket) => Http2Connection {
  const encoder = new HpackEncoder(clock);
  return (socket) => {
    const connection = new Http2Connection(socket, {
      clock,
      encoder,
      limits: { ...PER_CONNECTION, idleMs: limits.idleMs },
      onRequest: (request, response) => {
        // @NOTE they have what fastify uses of Node's, and answers are written by the exchange alone.
        route(request as unknown as IncomingMessage, response as unknown as ServerResponse);
      },
      onLongHead: refuseLongHead,
    });
    connection.start();
    return connection;
  };
}

function refuseLongHead(response: Http2Response): void {
  const { status } = headersTooLong();
  response.writeHead(431, { 'content-type': 'application/json' });
  response.end(JSON.stringify(status));
}
