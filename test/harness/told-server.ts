import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { createServer, type Server } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Resource } from '../../src/apimachinery/index.ts';
import { createRemoteClient, type RemoteClientOptions } from '../../src/client/index.ts';
import { createTestCertificates, type TestCertificates } from './certificates.ts';

export const things: Resource = { group: 'test', version: 'v1', kind: 'Thing', plural: 'things', namespaced: true };

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly commonName: string | undefined;
}
export interface Response {
  readonly stream: { on(event: 'close', fn: () => void): void };
  writeHead(status: number, headers?: Record<string, string>): unknown;
  write(chunk: string | Buffer): unknown;
  end(text?: string): unknown;
  destroy(): unknown;
}
type Handler = (request: Request, response: Response) => void;

export const certificates: TestCertificates = await createTestCertificates();

/** A server whose answers are told by the test. */
export async function serve(protocol: 'h2' | 'http/1.1', handler: Handler) {
  const options = {
    key: certificates.serving.key,
    cert: certificates.serving.cert,
    ca: certificates.ca,
    requestCert: true,
    rejectUnauthorized: false,
  };
  const requests: Request[] = [];
  const sockets = new Set<{ destroy(): unknown }>();
  const server: Server | Http2SecureServer = protocol === 'h2' ? createSecureServer(options) : createServer(options);
  server.on('secureConnection', (socket: { destroy(): unknown }) => sockets.add(socket));
  server.on('request', (incoming, outgoing) => {
    // @NOTE both kinds of server hand out what has these members.
    const [request, response] = [incoming as never, outgoing as never] as [
      Omit<Request, 'body'> &
        AsyncIterable<Buffer> & { socket: { getPeerCertificate?(): { subject?: { CN?: string } } } },
      Response,
    ];
    void (async () => {
      let body = '';
      for await (const chunk of request) body += chunk.toString('utf8');
      const commonName = request.socket.getPeerCertificate?.().subject?.CN;
      const whole = { method: request.method, url: request.url, headers: request.headers, body, commonName };
      requests.push(whole);
      handler(whole, response);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // @NOTE a TCP server that listens has an address with a port.
  const { port } = server.address() as AddressInfo;
  const url = `https://127.0.0.1:${port}`;
  const client = (more: Partial<RemoteClientOptions> = {}) =>
    createRemoteClient({ server: url, ca: certificates.ca, ...more });
  return {
    url,
    requests,
    connections: () => sockets.size,
    client,
    drop: () => {
      for (const socket of sockets) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export const thing = (name: string, more = {}) => ({
  apiVersion: 'test/v1',
  kind: 'Thing',
  metadata: { namespace: 'default', name, resourceVersion: '5' },
  ...more,
});

export const json = (response: Response, value: unknown, status = 200, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
};
