import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { EtcdCluster, withoutEtcd } from '../../test/harness/etcd.ts';
import { probeGrpc } from './grpc-probe.ts';

const host = '127.0.0.1';
const soon = () => AbortSignal.timeout(5_000);

/** A server that answers a check as it is told; resolves `asked` to the name of the service. */
async function startServer(answer: (stream: ServerHttp2Stream) => void) {
  const asked = Promise.withResolvers<string>();
  const server = createServer().listen(0, host);
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => undefined);
    stream.once('data', (message: Buffer) => {
      const isShort = (message[6] ?? 0) < 0x80;
      asked.resolve(message.subarray(isShort ? 7 : 8).toString());
    });
    answer(stream);
  });
  await once(server, 'listening');
  // @NOTE it listens on a port.
  const { port } = server.address() as AddressInfo;
  const probe = (service = '') => probeGrpc({ host, port, service }, soon());
  return { port, probe, asked: asked.promise, [Symbol.asyncDispose]: async () => void server.close() };
}

const head = { ':status': 200, 'content-type': 'application/grpc' };

function serving(...message: number[]) {
  return (stream: ServerHttp2Stream) => {
    stream.respond(head, { waitForTrailers: true });
    stream.once('wantTrailers', () => {
      stream.sendTrailers({ 'grpc-status': '0' });
    });
    stream.end(Buffer.from([0, 0, 0, 0, message.length, ...message]));
  };
}

const failing = (code: number, message: string) => (stream: ServerHttp2Stream) => {
  stream.respond({ ...head, 'grpc-status': String(code), 'grpc-message': message }, { endStream: true });
};

describe('a probe of gRPC', () => {
  it.each(['', 'shop.Cart', 's'.repeat(300)])('is content with a service that serves (%#)', async (service) => {
    await using server = await startServer(serving(0x08, 1));
    await server.probe(service);
    if (service !== '') expect(await server.asked).toBe(service);
  });

  it.each([
    ['NOT_SERVING', serving(0x08, 2), 'service unhealthy (responded with "NOT_SERVING")'],
    ['nothing', serving(), 'service unhealthy (responded with "UNKNOWN")'],
    ['that it has no such call', failing(12, 'x'), 'this server does not implement the grpc health protocol'],
    ['that it knows no such service', failing(5, 'unknown service'), 'code = 5 desc = unknown service'],
  ])('is not when it says %s', async (_, answer, message) => {
    await using server = await startServer(answer);
    await expect(server.probe()).rejects.toThrow(message);
  });

  it('takes no flood for an answer', async () => {
    await using server = await startServer((stream) => {
      stream.respond(head);
      stream.end(Buffer.alloc(100_000));
    });
    await expect(server.probe()).rejects.toThrow('too large');
  });

  it('ends with its time', async () => {
    await using server = await startServer(() => undefined);
    const { port } = server;
    const late = new AbortController();
    const probe = probeGrpc({ host, port, service: 'slow' }, late.signal);
    const refused = expect(probe).rejects.toThrow('too late');
    await server.asked;
    late.abort(new Error('too late'));
    await refused;
  });
});

describe.skipIf(withoutEtcd() !== false)('a probe of a server that is not ours', () => {
  it('is content with an etcd that serves, and not with services that it lacks', async () => {
    await using etcd = await EtcdCluster.start();
    const port = Number(new URL(etcd.endpoints[0] ?? '').port);
    await probeGrpc({ host, port, service: '' }, soon());
    await expect(probeGrpc({ host, port, service: 'none' }, soon())).rejects.toThrow('code = 5');
  });
});
