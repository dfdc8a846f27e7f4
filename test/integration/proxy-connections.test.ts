import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { endpointSlices, services } from '../../src/apis/index.ts';
import type { Connection } from '../../src/apiserver/index.ts';
import { http1Transport, http2Transport } from '../harness/https.ts';
import { startKubectlMember } from '../harness/kubectl-member.ts';
import { openWebSocket, podPath, startStreamingServer, type Connect } from '../harness/streaming.ts';

interface Backend extends AsyncDisposable {
  readonly server: Server;
  readonly port: number;
  readonly connect: Connect;
}

/** What stands behind a proxy, and the way to it. */
async function startBackend(listener: RequestListener, host = '127.0.0.1'): Promise<Backend> {
  const server = createServer(listener).listen(0, host);
  await once(server, 'listening');
  // @NOTE it listens on a port.
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    connect: async ({ rest, prefix }): Promise<Connection> => ({
      type: 'proxy',
      target: { scheme: 'http', host, port, path: rest, prefix },
    }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Sends everything back, and tells its path first. */
function echoing(server: Server): void {
  const sockets = new WebSocketServer({ server, handleProtocols: (offered) => [...offered].at(-1) ?? false });
  sockets.on('connection', (socket, { url }) => {
    socket.send(String(url));
    socket.on('message', (data, binary) => {
      socket.send(data, { binary });
    });
  });
}

it('carries WebSockets to what stands behind it, whatever they speak', async () => {
  await using backend = await startBackend((_request, response) => response.end());
  echoing(backend.server);
  await using api = await startStreamingServer({ proxy: backend.connect });
  await using opened = await openWebSocket(api, `${podPath('proxy')}/chat?room=1`, ['a.test', 'b.test']);
  const { socket, messages } = opened;
  expect(socket.protocol).toBe('b.test');
  socket.send('hello');
  socket.send(Buffer.alloc(200_000, 7));
  await expect.poll(() => messages.length).toBe(3);
  expect(messages.slice(0, 2).map(String)).toEqual(['/chat?room=1', 'hello']);
  expect(messages[2]?.equals(Buffer.alloc(200_000, 7))).toBe(true);
  socket.close(4000);
  expect(await opened.closed).toBe(4000);
});

it('passes on that an upgrade is refused, and says so itself when there is nobody', async () => {
  const backend = await startBackend((_request, response) => response.writeHead(418).end('short and stout'));
  await using api = await startStreamingServer({ proxy: backend.connect });
  const open = () => openWebSocket(api, `${podPath('proxy')}/`, []);
  await expect(open()).rejects.toThrow('418');
  await backend[Symbol.asyncDispose]();
  await expect(open()).rejects.toThrow('503');
});

it('carries WebSockets to the endpoints of a Service', async () => {
  await using member = await startKubectlMember();
  await using backend = await startBackend((_request, response) => response.end());
  echoing(backend.server);
  const { client } = member.cluster;
  const key = { namespace: 'default', name: 'chat' };
  const ports = [{ name: 'ws', port: backend.port }];
  await client.create(services, { metadata: key, spec: { ports: [{ name: 'ws', port: 80 }] } });
  await client.create(endpointSlices, {
    metadata: { ...key, labels: { 'kubernetes.io/service-name': 'chat' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
    ports,
  });
  const path = '/api/v1/namespaces/default/services/chat:ws/proxy/room';
  await using opened = await openWebSocket(member, path, []);
  opened.socket.send('hello');
  await expect.poll(() => opened.messages.map(String)).toEqual(['/room', 'hello']);
  await using root = await openWebSocket(member, path.replace('/room', ''), []);
  await expect.poll(() => root.messages.map(String)).toEqual(['/']);
});

it.each([http1Transport, http2Transport])('rewrites pages and redirections over $name', async (transport) => {
  await using backend = await startBackend(({ url, headers }, response) => {
    if (url === '/page') {
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'access-control-allow-origin': '*',
        'content-length': 24,
      });
      response.end('<a href="/next">next</a>');
    } else if (url === '/here') response.writeHead(302, { location: '/there?x=1' }).end();
    else if (url === '/own')
      response.writeHead(302, { location: `https://${String(headers['x-forwarded-host'])}/there` }).end();
    else response.writeHead(302, { location: 'https://elsewhere.example.com/' }).end();
  });
  await using api = await startStreamingServer({ proxy: backend.connect });
  const send = (path: string) => transport.send(api, `${podPath('proxy')}${path}`);
  const page = await send('/page');
  expect(page.body).toBe(`<a href="${podPath('proxy')}/next">next</a>`);
  expect(page.headers).not.toHaveProperty('access-control-allow-origin');
  expect((await send('/here')).headers['location']).toBe(`${podPath('proxy')}/there?x=1`);
  expect((await send('/own')).headers['location']).toBe(`${podPath('proxy')}/there`);
  expect((await send('/away')).headers['location']).toBe('https://elsewhere.example.com/');
});

it('passes a page on while it is still being written', async () => {
  const more = Promise.withResolvers<undefined>();
  await using backend = await startBackend((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.write('<p>first</p>\n<a href=');
    void more.promise.then(() => response.end('"/x">\n'));
  });
  await using api = await startStreamingServer({ proxy: backend.connect });
  await using stream = await http2Transport.open(api, `${podPath('proxy')}/`);
  const lines = stream.lines()[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('<p>first</p>');
  more.resolve(undefined);
  expect((await lines.next()).value).toBe(`<a href="${podPath('proxy')}/x">`);
});
