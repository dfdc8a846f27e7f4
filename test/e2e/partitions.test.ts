import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DnsAsker } from '../harness/dns-asker.ts';
import { startTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts';
import { mustSucceed, Sandbox } from './fleet.ts';

const LOST = 'gce-us-east1';
const NAME = 'web.mynamespace.myfederation.svc.example.com';
const soon = { timeout: 30_000, interval: 100 };

const manifest = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: mynamespace }
spec: { type: LoadBalancer, selector: { app: web }, ports: [{ name: http, port: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: mynamespace }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 8080 }] }] }
`;

const fleetFile = `
clusters:
  - { name: gce-asia-east1, region: asia-east1 }
  - { name: gce-europe-west1, region: europe-west1 }
  - { name: ${LOST}, region: us-east1 }
nodes: 1
federation:
  health: { silentOfflineMs: 3000, probeTimeoutMs: 1000, shardTimeoutMs: 1000 }
`;

const held: { sandbox?: Sandbox; proxy?: TcpProxy } = {};
const sandbox = () => held.sandbox!;
const proxy = () => held.proxy!;
const federation = (...args: string[]) => sandbox().kubectl('--context=federation-cluster', ...args);

async function condition(type: string): Promise<string> {
  return federation('get', 'cluster', LOST, '-o', `jsonpath={.status.conditions[?(@.type=="${type}")].status}`);
}

async function verdicts(): Promise<string> {
  return `${await condition('Offline')} ${await condition('ClientsReachable')}`;
}

beforeAll(async () => {
  const created = await Sandbox.create();
  held.sandbox = created;
  const file = join(created.directory, 'fleet.yaml');
  writeFileSync(file, fleetFile);
  await created.up('--config', file);
  const url = new URL(
    await created.kubectl('config', 'view', '-o', `jsonpath={.clusters[?(@.name=="${LOST}")].cluster.server}`),
  );
  held.proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  const spec = {
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: `https://127.0.0.1:${held.proxy.port}` }],
  };
  await federation('patch', 'cluster', LOST, '--type=merge', '-p', JSON.stringify({ spec }));
  writeFileSync(join(created.directory, 'web.yaml'), manifest);
  mustSucceed(
    'apply',
    await created.tryKubectl('--context=federation-cluster', 'apply', '-f', join(created.directory, 'web.yaml')),
  );
});

afterAll(async () => {
  await held.proxy?.[Symbol.asyncDispose]();
  await held.sandbox?.[Symbol.asyncDispose]();
});

async function votes(): Promise<string> {
  const voters = await federation('get', 'cluster', LOST, '-o', 'jsonpath={.status.votes[*].voter}');
  return String(voters.split(' ').filter((voter) => voter !== '').length);
}

it('everybody reaches everybody, the hub by a line of its own', async () => {
  await expect.poll(() => sandbox().dig(NAME), soon).toHaveLength(3);
  await expect.poll(votes, soon).toBe('3');
  expect(await verdicts()).toBe('False True');
});

it.each(['silent', 'one-way', 'cut'] as const)(
  'a hub whose line to a member is %s says so and leaves its clients alone',
  async (line) => {
    await using asker = await DnsAsker.start(sandbox().dnsAddress, NAME, 1_000);
    await proxy().set(line);
    await expect.poll(verdicts, soon).toBe('True True');
    await proxy().set('up');
    await expect.poll(verdicts, soon).toBe('False True');
    const asked = asker.since(0);
    expect(asked.length).toBeGreaterThan(1_000);
    expect(new Set(asked.map(({ addresses = [] }) => addresses.length))).toEqual(new Set([3]));
  },
);

it('a line that is slow beyond patience is one that is cut, and one that loses packets is not', async () => {
  proxy().disturb({ delayMs: 3_000 });
  await expect.poll(verdicts, soon).toBe('True True');
  expect(await sandbox().dig(NAME)).toHaveLength(3);
  proxy().disturb({ loss: 0.2 });
  await expect.poll(verdicts, soon).toBe('False True');
  expect(await sandbox().dig(NAME)).toHaveLength(3);
  proxy().disturb({});
});

it('describe tells the whole story', async () => {
  const story = await federation('describe', 'cluster', LOST);
  expect(story).toContain('3 of 3 vantage points reach it');
  expect(story).toContain('gce-asia-east1');
  expect(story).toContain('ClusterNotReachable');
  expect(await federation('get', 'clusters', '-o', 'wide')).toContain('Reachable (3/3)');
});

it('a member that hangs leaves DNS, and is back when it goes on', async () => {
  const { components } = await sandbox().status();
  const pid = components.find(({ name }) => name === LOST)?.pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  await expect.poll(() => sandbox().dig(NAME), soon).toHaveLength(2);
  await expect.poll(() => condition('ClientsReachable'), soon).toBe('False');
  process.kill(pid, 'SIGCONT');
  await expect.poll(() => sandbox().dig(NAME), soon).toHaveLength(3);
});
