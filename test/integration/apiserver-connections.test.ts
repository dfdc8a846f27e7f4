import { once } from 'node:events';
import http2 from 'node:http2';
import { connect, type TLSSocket } from 'node:tls';
import { expect, it } from 'vitest';
import { createRemoteClient } from '../../src/client/index.ts';
import { createMetrics, FakeClock, systemClock } from '../../src/component-base/index.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { startTestApiServer, type TestApiServer, type TestApiServerOptions } from '../harness/api-server.ts';
import { startKubectlMember } from '../harness/kubectl-member.ts';
import { http1Transport, http2Transport } from '../harness/https.ts';
import { testConfigMaps as configMaps } from '../harness/resources.ts';

const path = '/api/v1/namespaces/default/configmaps';

function tls({ certificates }: TestApiServer) {
  return { ca: certificates.ca, cert: certificates.admin.certificate, key: certificates.admin.key };
}

async function rawConnection(api: TestApiServer): Promise<TLSSocket & AsyncDisposable> {
  const { port, hostname } = new URL(api.url);
  const socket = connect({ host: hostname, port: Number(port), ...tls(api) });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

const textOf = async (socket: TLSSocket) => Buffer.concat(await Array.fromAsync<Buffer>(socket)).toString();

it('ends an upload over HTTP/1.1 that stalls', async () => {
  const clock = new FakeClock();
  const metrics = createMetrics();
  await using api = await startTestApiServer({ listen: true, clock, metrics });
  const socket = await rawConnection(api);
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"metadata"`,
  );
  const answer = textOf(socket);
  await expect.poll(() => clock.pending).toBeGreaterThan(0);
  await clock.advance(60_000);
  expect(await answer).toMatch(/^HTTP\/1\.1 408 [^]*connection: close[^]*"reason":"Timeout","code":408/i);
  expect(await metrics.metrics()).toContain('koinon_apiserver_refused_total{reason="slow"} 1');
  await expect.poll(() => metrics.metrics()).toContain('koinon_apiserver_connections 0');
});

it('ends an upload over HTTP/2 that stalls, and goes on with the connection', async () => {
  const clock = new FakeClock();
  await using api = await startTestApiServer({ listen: true, clock });
  const session = http2.connect(api.url, tls(api));
  const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/yaml' });
  const response = once(stream, 'response');
  stream.write('metadata: {name: half}\n');
  await expect.poll(() => clock.pending).toBeGreaterThan(0);
  await clock.advance(60_000);
  expect((await response)[0]).toMatchObject({ ':status': 408 });
  let text = '';
  stream.on('data', (chunk) => (text += String(chunk)));
  await once(stream, 'close');
  expect(text).toContain('"reason":"Timeout"');

  const next = session.request({ ':path': path }).resume();
  expect((await once(next, 'response'))[0]).toMatchObject({ ':status': 200 });
  session.destroy();
  expect((await api.admin.list(configMaps)).items).toEqual([]);
});

it('takes nothing of an upload over HTTP/2 that its client gave up', async () => {
  await using api = await startTestApiServer({ listen: true });
  const session = http2.connect(api.url, tls(api));
  const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/yaml' });
  stream.on('error', () => undefined);
  stream.write('metadata: {name: half}\n');
  await new Promise<void>((resolve) => {
    session.ping(() => {
      resolve();
    });
  });
  stream.close(http2.constants.NGHTTP2_CANCEL);
  const next = session.request({ ':path': path }).resume();
  await once(next, 'end');
  session.destroy();
  expect((await api.admin.list(configMaps)).items).toEqual([]);
});

it('waits for the headers of a request no longer than it may take', async () => {
  await using api = await startTestApiServer({ listen: true, limits: { receiveMs: 1_000 } });
  const socket = await rawConnection(api);
  socket.write('GET /version HTTP/1.1\r\nHost: x\r\n');
  expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 408 [^]*"reason":"Timeout"/);
});

it('answers headers and URLs that are too long, and what is not HTTP, with a Status', async () => {
  await using api = await startTestApiServer({ listen: true });
  const long = await rawConnection(api);
  long.write(`GET /version?x=${'a'.repeat(300_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
  expect(await textOf(long)).toMatch(/^HTTP\/1\.1 431 [^]*"kind":"Status"/);
  const odd = await rawConnection(api);
  odd.write('NONSENSE\r\n\r\n');
  expect(await textOf(odd)).toMatch(/^HTTP\/1\.1 400 [^]*"kind":"Status"/);
});

it.each([http1Transport, http2Transport])('has so many watches open over $name and no more', async (transport) => {
  const metrics = createMetrics();
  await using api = await startTestApiServer({ listen: true, metrics, limits: { streams: 1 } });
  {
    await using _watch = await transport.open(api, `${path}?watch=true`);
    const refused = await transport.send(api, `${path}?watch=true`);
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    expect(refused.json()).toMatchObject({ reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } });
    expect(await transport.send(api, path)).toMatchObject({ status: 200 });
  }
  expect(await metrics.metrics()).toContain('koinon_apiserver_refused_total{reason="streams"} 1');
  const status = async () => {
    await using watch = await transport.open(api, `${path}?watch=true`);
    return watch.status;
  };
  await expect.poll(status).toBe(200);
});

it('has so many connections open and no more', async () => {
  const metrics = createMetrics();
  await using api = await startTestApiServer({ listen: true, metrics, limits: { connections: 1 } });
  const first = await rawConnection(api);
  await expect(http1Transport.send(api, '/version')).rejects.toThrow();
  expect(await metrics.metrics()).toContain('koinon_apiserver_refused_total{reason="connections"} 1');
  first.destroy();
  const status = () =>
    http1Transport.send(api, '/version').then(
      ({ status }) => status,
      () => 0,
    );
  await expect.poll(status).toBe(200);
});

it('ends connections of HTTP/2 on which nothing is asked, and not those with a quiet watch', async () => {
  await using api = await startTestApiServer({ listen: true, limits: { idleMs: 500 } });
  await using watch = await http2Transport.open(api, `${path}?watch=true`);
  const session = http2.connect(api.url, tls(api));
  await once(session, 'close');
  await api.admin.create(configMaps, { metadata: { namespace: 'default', name: 'a' } });
  for await (const line of watch.lines()) {
    expect(line).toContain('"ADDED"');
    break;
  }
});

it('survives a flood of requests that are taken back at once', async () => {
  await using api = await startTestApiServer({ listen: true });
  const session = http2.connect(api.url, tls(api));
  session.on('error', () => undefined);
  await once(session, 'connect');
  const isOver = () => session.destroyed || session.closed;
  for (let round = 0; round < 200 && !isOver(); round++) {
    for (let sent = 0; sent < 50 && !isOver(); sent++) {
      const stream = session.request({ ':path': `${path}?watch=true` });
      stream.on('error', () => undefined);
      setImmediate(() => {
        stream.close(http2.constants.NGHTTP2_CANCEL);
      });
    }
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await expect.poll(isOver).toBe(true);
  expect(await http2Transport.send(api, '/readyz')).toMatchObject({ status: 200 });
});

it.each([http1Transport, http2Transport])('stops over $name without breaking anything off', async (transport) => {
  const clock = new FakeClock();
  const api = await startTestApiServer({ listen: true, clock, limits: { shutdownDelayMs: 5_000 } });
  await using watch = await transport.open(api, `${path}?watch=true`);
  const events = Array.fromAsync(watch.lines());
  const stopped = api[Symbol.asyncDispose]();
  await expect.poll(async () => (await transport.send(api, '/readyz')).status).toBe(500);
  expect(await transport.send(api, '/livez')).toMatchObject({ status: 200 });
  const body = '{"metadata":{"name":"late"}}';
  const headers = { 'content-type': 'application/json' };
  expect(await transport.send(api, path, { method: 'POST', headers, body })).toMatchObject({ status: 201 });

  await clock.advance(5_000);
  expect(await events).toMatchObject([expect.stringContaining('"late"')]);
  await stopped;
  await expect(http1Transport.send(api, '/livez')).rejects.toThrow('ECONNREFUSED');
});

it('is asked by our client with URLs that HTTP/2 could not carry, and goes on with the watches', async () => {
  await using api = await startTestApiServer({ listen: true });
  const { ca, admin: credentials } = api.certificates;
  await using client = createRemoteClient({ server: api.url, ca, credentials });
  const opened = Promise.withResolvers<undefined>();
  const onOpen = () => {
    opened.resolve(undefined);
  };
  const { signal } = new AbortController();
  const watch = client.watch(configMaps, { signal, onOpen })[Symbol.asyncIterator]();
  const first = watch.next();
  await opened.promise;
  // Nothing that Huffman's code makes shorter.
  const asLongAs = (length: number) => client.raw(`${path}?labelSelector=a=b&unknown=${'~'.repeat(length)}`);
  expect(await asLongAs(100_000)).toContain('"kind":"ConfigMapList"');
  await expect(asLongAs(300_000)).rejects.toMatchObject({ code: 431 });

  await client.create(configMaps, { metadata: { name: 'seen', namespace: 'default' } });
  expect(await first).toMatchObject({ value: { type: 'ADDED', object: { metadata: { name: 'seen' } } } });
});

/** A server on whose storage reads hang until they are let go. */
async function startHanging(limits: NonNullable<TestApiServerOptions['limits']>) {
  const storage = createMemoryStorage({ clock: systemClock });
  const released = Promise.withResolvers<undefined>();
  const reading = Promise.withResolvers<undefined>();
  const get = storage.get.bind(storage);
  const hanging = async (key: string) => {
    if (!key.endsWith('/hangs')) return get(key);
    reading.resolve(undefined);
    await released.promise;
    return get(key);
  };
  Object.assign(storage, { get: hanging });
  const api = await startTestApiServer({ listen: true, storage, limits });
  return {
    api,
    reading: reading.promise,
    letGo: () => {
      released.resolve(undefined);
    },
  };
}

it('lets end what was begun before it stops, and sends elsewhere what comes later', async () => {
  const { api, reading, letGo } = await startHanging({ drainMs: 15_000 });
  const begun = http1Transport.send(api, `${path}/hangs`);
  await reading;
  const stopped = api[Symbol.asyncDispose]();
  const late = () => http1Transport.send(api, path);
  await expect.poll(async () => (await late()).status).toBe(429);
  const refusal = await late();
  expect(refusal.headers).toMatchObject({ 'retry-after': '1', connection: 'close' });
  expect(refusal.json()).toMatchObject({ reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } });
  expect((await http1Transport.send(api, '/readyz')).status).toBe(500);
  letGo();
  expect((await begun).status).toBe(404);
  await stopped;
});

it('cuts off what does not end in time when it stops', async () => {
  const { api, reading, letGo } = await startHanging({ drainMs: 100 });
  const begun = http1Transport.send(api, `${path}/hangs`);
  const cut = expect(begun).rejects.toThrow('socket hang up');
  await reading;
  await api[Symbol.asyncDispose]();
  await cut;
  letGo();
});

it('is as limited in a member as that is told', async () => {
  await using member = await startKubectlMember({ limits: { streams: 0 } });
  const refused = await http1Transport.send(member, `${path}?watch=true`);
  expect(refused.json()).toMatchObject({
    reason: 'TooManyRequests',
    message: expect.stringContaining('streams') as string,
  });
  expect((await http1Transport.send(member, path)).status).toBe(200);
});
