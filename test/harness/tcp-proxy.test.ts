import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { checkTarget } from '../../src/reachability/index.ts';
import { startTcpProxy } from './tcp-proxy.ts';

async function echoing() {
  const server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // @NOTE a server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return { host: '127.0.0.1', port, [Symbol.asyncDispose]: async () => void server.close() };
}

const look = ({ host, port }: { readonly host: string; readonly port: number }, timeoutMs = 2_000) =>
  checkTarget({ cluster: 'a', service: 's/s', host, ports: [port], check: { kind: 'tcp' } }, { timeoutMs });

it('passes on, cuts, hangs and comes back', async () => {
  await using server = await echoing();
  await using proxy = await startTcpProxy(server);
  expect(await look(proxy)).toBe('answered');
  await proxy.set('cut');
  expect(await look(proxy)).toBe('refused');
  await proxy.set('silent');
  expect(await look(proxy, 100)).toBe('silent');
  await proxy.set('one-way');
  expect(await look(proxy, 100)).toBe('silent');
  await proxy.set('up');
  expect(await look(proxy)).toBe('answered');
});

it('keeps what was sent while nothing came through', async () => {
  await using server = await echoing();
  await using proxy = await startTcpProxy(server);
  const socket = connect(proxy);
  await once(socket, 'connect');
  await proxy.set('silent');
  socket.write('hello');
  await proxy.set('up');
  // @NOTE a socket without an encoding reads buffers.
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toBe('hello');
  socket.destroy();
});

it('delays', async () => {
  await using server = await echoing();
  await using proxy = await startTcpProxy(server);
  proxy.disturb({ delayMs: 150 });
  expect(await look(proxy, 100)).toBe('silent');
  expect(await look(proxy)).toBe('answered');
});
