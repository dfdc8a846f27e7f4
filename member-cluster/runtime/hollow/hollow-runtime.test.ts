import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Agent, request, type RequestOptions } from 'node:http';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { FakeClock, start, systemClock, type Clock } from '../../../src/component-base/index.ts';
import type { ContainerConfig, PodSandboxConfig } from '../container-runtime.ts';
import { AddressPool } from './address-pool.ts';
import { createHollowRuntime } from './hollow-runtime.ts';
import { HOLLOW_ANNOTATIONS, hollowSettings } from './hollow-settings.ts';

const node = { name: 'node-1', address: '127.18.1.1', podCIDR: '127.18.129.0/24', zone: 'zone-a', region: 'region-1' };

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly connection: string | undefined;
  readonly body: string;
}

async function startHollow({ clock = systemClock }: { readonly clock?: Clock } = {}) {
  const runtime = createHollowRuntime({ node, clusterName: 'berlin', clock });
  const running = await start([runtime]);
  return { runtime, running, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

type Hollow = Awaited<ReturnType<typeof startHollow>>['runtime'];

async function runContainer(
  runtime: Hollow,
  ports: ContainerConfig['ports'],
  given: { readonly annotations?: PodSandboxConfig['annotations']; readonly hostNetwork?: boolean } = {},
) {
  const { annotations = {}, hostNetwork = false } = given;
  const metadata = { name: 'web', namespace: 'default', uid: 'u1', attempt: 0 };
  const sandbox = await runtime.runPodSandbox({ metadata, hostname: 'web', hostNetwork, labels: {}, annotations });
  const id = await runtime.createContainer(sandbox, {
    metadata: { name: 'main', attempt: 0 },
    image: 'nginx:1.11.1-alpine',
    imageRef: 'nginx@sha256:1',
    command: [],
    args: [],
    workingDir: '',
    env: [],
    ports,
    runsToCompletion: false,
  });
  await runtime.startContainer(id);
  return { id, sandbox, ip: (await runtime.podSandboxStatus(sandbox)).ip };
}

async function get(options: RequestOptions): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const call = request({ agent: false, ...options }, (response) => {
    const { statusCode: status, headers } = response;
    text(response).then((body) => {
      resolve({ status, type: headers['content-type'], connection: headers.connection, body });
    }, reject);
  });
  call.once('error', reject);
  call.end();
  return promise;
}

const tcp = (containerPort: number) => ({ containerPort, protocol: 'TCP' as const });
const udp = (containerPort: number) => ({ containerPort, protocol: 'UDP' as const });

it('tells over HTTP who and where it is', async () => {
  await using hollow = await startHollow();
  const { ip, id } = await runContainer(hollow.runtime, [tcp(8080), tcp(8081)]);
  const told = await get({ host: ip, port: 8080, path: '/any/where' });
  expect(told).toMatchObject({ status: 200, type: 'text/plain; charset=utf-8' });
  expect(told.body.split('\n')).toEqual(
    expect.arrayContaining([
      'pod: web',
      'namespace: default',
      'node: node-1',
      'zone: zone-a',
      'region: region-1',
      'cluster: berlin',
    ]),
  );
  const json = await get({ host: ip, port: 8081, headers: { accept: 'application/json' } });
  expect(json.type).toContain('application/json');
  expect(JSON.parse(json.body)).toMatchObject({ pod: 'web', ip, cluster: 'berlin' });
  expect(JSON.parse((await get({ host: ip, port: 8080, path: '/?format=json' })).body)).toMatchObject({ pod: 'web' });
  expect((await get({ host: ip, port: 8080, path: '/healthz' })).body).toBe('ok\n');
  expect((await get({ host: ip, port: 8080, method: 'POST' })).status).toBe(200);
  const { signal } = new AbortController();
  const log = await Array.fromAsync(hollow.runtime.containerLogs(id, { signal }));
  expect(log.map(({ line }) => line)).toEqual([
    'started nginx:1.11.1-alpine as main, attempt 0',
    '127.0.0.1 GET /any/where 200',
    '127.0.0.1 GET / 200',
    '127.0.0.1 GET /?format=json 200',
    '127.0.0.1 GET /healthz 200',
    '127.0.0.1 POST / 200',
  ]);
});

it.each([
  ['that is not HTTP', 'PING?\r\n'],
  ['that says nothing', ''],
])('tells the same to a TCP client %s', async (_what, words) => {
  await using hollow = await startHollow();
  const { ip } = await runContainer(hollow.runtime, [tcp(5432)]);
  const socket = connect({ host: ip, port: 5432 });
  socket.end(words);
  expect(await text(socket)).toContain('pod: web\n');
});

it('tells the same over UDP', async () => {
  await using hollow = await startHollow();
  const { ip } = await runContainer(hollow.runtime, [udp(5353)]);
  const socket = createSocket('udp4');
  socket.send('who?', 5353, ip);
  const [message] = (await once(socket, 'message')) as [Buffer]; // @NOTE what a datagram socket emits
  socket.close();
  expect(message.toString()).toContain('cluster: berlin\n');
});

it('stops answering when it ends, also on connections that are open', async () => {
  await using hollow = await startHollow();
  const { ip, id } = await runContainer(hollow.runtime, [tcp(8080)]);
  const idle = connect({ host: ip, port: 8080 });
  await once(idle, 'connect');
  idle.on('error', () => undefined);
  const closed = once(idle, 'close');
  await hollow.runtime.stopContainer(id, 1);
  await closed;
  await expect(get({ host: ip, port: 8080 })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it('goes on answering for a moment when it is asked to end, each connection once', async () => {
  const clock = new FakeClock();
  await using hollow = await startHollow({ clock });
  const { ip, id } = await runContainer(hollow.runtime, [tcp(8080)]);
  const agent = new Agent({ keepAlive: true });
  const connection = async () => (await get({ host: ip, port: 8080, agent })).connection;
  expect(await connection()).toBe('keep-alive');
  const stopped = hollow.runtime.stopContainer(id, 30);
  expect(await connection()).toBe('close');
  await clock.advance(1_000);
  await stopped;
  await expect(get({ host: ip, port: 8080 })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  agent.destroy();
});

it('closes all ports of the node when it stops', async () => {
  const hollow = await startHollow();
  const { ip } = await runContainer(hollow.runtime, [tcp(8080), udp(8080)]);
  expect((await get({ host: ip, port: 8080 })).status).toBe(200);
  await hollow.running.stop();
  await expect(get({ host: ip, port: 8080 })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it('says which port it cannot listen on, and runs all the same', async () => {
  await using hollow = await startHollow();
  const other = createServer();
  other.listen(8080, node.address);
  await once(other, 'listening');
  const { id } = await runContainer(hollow.runtime, [tcp(8080), tcp(8090)], { hostNetwork: true });
  const status = await hollow.runtime.containerStatus(id);
  expect(status).toMatchObject({
    state: 'RUNNING',
    message: `cannot listen on ${node.address}:8080: another process does`,
  });
  expect((await get({ host: node.address, port: 8090 })).status).toBe(200);
  other.close();
});

it('listens, starts and ends when its annotations say', async () => {
  const clock = new FakeClock();
  await using hollow = await startHollow({ clock });
  const annotations = {
    [HOLLOW_ANNOTATIONS.listenAfter]: '2s',
    [HOLLOW_ANNOTATIONS.exitAfter]: '1m',
    [HOLLOW_ANNOTATIONS.exitCode]: '7',
  };
  const { ip, id } = await runContainer(hollow.runtime, [tcp(8080)], { annotations });
  expect(hollow.runtime.listensOn(ip, 8080)).toBe(false);
  await expect(get({ host: ip, port: 8080 })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await clock.advance(2_000);
  expect(hollow.runtime.listensOn(ip, 8080)).toBe(true);
  expect(hollow.runtime.listensOn(ip, 8081)).toBe(false);
  await expect.poll(async () => (await get({ host: ip, port: 8080 }).catch(() => undefined))?.status).toBe(200);
  await clock.advance(58_000);
  expect((await hollow.runtime.containerStatus(id)).exit).toMatchObject({ exitCode: 7, reason: 'Error' });
  expect(clock.pending).toBe(0);
});

it('keeps the last lines of a long log', async () => {
  await using hollow = await startHollow();
  const { ip, id } = await runContainer(hollow.runtime, [tcp(8080)]);
  for (let i = 0; i < 1100; i++) await get({ host: ip, port: 8080, path: `/${i}` });
  const { signal } = new AbortController();
  const lines = async (options = {}) => {
    const entries = await Array.fromAsync(hollow.runtime.containerLogs(id, { signal, ...options }));
    return entries.map(({ line }) => line);
  };
  const all = await lines();
  expect(all).toHaveLength(500);
  expect(all.at(-1)).toBe('127.0.0.1 GET /1099 200');
  expect(await lines({ tailLines: 2 })).toEqual(['127.0.0.1 GET /1098 200', '127.0.0.1 GET /1099 200']);
});

it.each([
  [{ 'koinon.dev/hollow-nonsense': 'x' }, 'koinon.dev/hollow-nonsense is not known'],
  [{ [HOLLOW_ANNOTATIONS.exitAfter]: 'soon' }, 'no duration'],
  [{ [HOLLOW_ANNOTATIONS.exitCode]: '300' }, 'no exit code'],
])('refuses the annotations %o', (annotations, message) => {
  expect(() => hollowSettings(annotations)).toThrow(message);
});

it('gives out every address once, and the one that was given back last at last', () => {
  const pool = new AddressPool('127.1.129.0/29');
  const all = Array.from({ length: 6 }, () => pool.take());
  expect(all).toEqual([1, 2, 3, 4, 5, 6].map((last) => `127.1.129.${last}`));
  expect(() => pool.take()).toThrow('no address is left in 127.1.129.0/29');
  pool.giveBack('127.1.129.2');
  pool.giveBack('127.1.129.5');
  expect(pool.take()).toBe('127.1.129.2');
  pool.giveBack('127.1.129.2');
  expect(pool.take()).toBe('127.1.129.5');
});
