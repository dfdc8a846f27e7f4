import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { systemClock } from '../../src/component-base/index.ts';
import {
  HpackEncoder,
  Http2Connection,
  type Http2Limits,
  type Http2Request,
  type Http2Response,
} from '../../src/http2-server/index.ts';

export interface Http2TestServer extends AsyncDisposable {
  readonly port: number;
  readonly connections: readonly Http2Connection[];
}

export interface Http2TestServerOptions {
  readonly limits?: Partial<Http2Limits>;
  readonly onRequest: (request: Http2Request, response: Http2Response) => void;
}

const LIMITS: Http2Limits = { streams: 100, headerBytes: 65_536, waitingBytes: 1 << 28, idleMs: 60_000 };

/** Our side of HTTP/2 without TLS, which clients that are told to so speak to at once. */
export async function startHttp2Server({ limits, onRequest }: Http2TestServerOptions): Promise<Http2TestServer> {
  const connections: Http2Connection[] = [];
  const server = createServer((socket) => {
    const connection = new Http2Connection(socket, {
      clock: systemClock,
      encoder: new HpackEncoder(systemClock),
      limits: { ...LIMITS, ...limits },
      onRequest,
      onLongHead: (response) => response.writeHead(431).end(),
    });
    connections.push(connection);
    connection.start();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // @NOTE it listens on a port.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    connections,
    [Symbol.asyncDispose]: async () => {
      for (const connection of connections) connection.close();
      server.close();
    },
  };
}
