import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { checkTarget } from './check-target.ts';
import type { ShardCheck } from './target.ts';

async function listening(server: Server): Promise<{ readonly port: number } & AsyncDisposable> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // @NOTE a server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

async function closedPort(): Promise<number> {
  await using server = await listening(createServer());
  return server.port;
}

const check = (ports: readonly number[], how: ShardCheck = { kind: 'tcp' }, timeoutMs = 5_000) =>
  checkTarget({ cluster: 'east', service: 'shop/web', host: '127.0.0.1', ports, check: how }, { timeoutMs });

it('finds an address answering where somebody listens, and refusing where nobody does', async () => {
  await using server = await listening(createServer((socket) => socket.resume().on('error', () => undefined)));
  const closed = await closedPort();
  expect(await check([server.port])).toBe('answered');
  expect(await check([closed])).toBe('refused');
  expect(await check([closed, server.port])).toBe('answered');
});

it('takes a socket that nobody serves for silent: the program behind it hangs', async () => {
  const sockets: Socket[] = [];
  const hangs = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => sockets.push(socket));
  await using server = await listening(hangs);
  expect(await check([server.port], { kind: 'tcp' }, 50)).toBe('silent');
  for (const socket of sockets) socket.destroy();
});

it('is content with who speaks first', async () => {
  const sockets: Socket[] = [];
  const greets = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined).write('220 hello');
  });
  await using server = await listening(greets);
  expect(await check([server.port])).toBe('answered');
  for (const socket of sockets) socket.destroy();
});

it('judges an answer over HTTP by its status', async () => {
  const statuses: Readonly<Record<string, number>> = { '/ok': 204, '/moved': 302, '/bad': 503, '/none': 404 };
  await using server = await listening(
    createHttpServer((request, response) => {
      response.writeHead(statuses[request.url ?? ''] ?? 500).end('x'.repeat(1_000));
    }),
  );
  const at = (path: string) => check([server.port], { kind: 'http', path });
  expect(await Promise.all(['/ok', '/moved', '/bad', '/none'].map(at))).toEqual([
    'answered',
    'answered',
    'failing',
    'failing',
  ]);
  expect(await check([server.port], { kind: 'http' })).toBe('answered');
});

it('takes who accepts and says nothing for silent, within the time', async () => {
  const sockets: { destroy: () => void }[] = [];
  await using server = await listening(createServer((socket) => sockets.push(socket)));
  expect(await check([server.port], { kind: 'http', path: '/' }, 50)).toBe('silent');
  for (const socket of sockets) socket.destroy();
});
