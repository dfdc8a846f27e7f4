import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Network, type Place } from '../harness/network.ts';
import type { ProxyLine } from '../harness/tcp-proxy.ts';
import { mustSucceed, Sandbox } from './fleet.ts';

const ASIA = 'gce-asia-east1';
const EUROPE = 'gce-europe-west1';
const US = 'gce-us-east1';
const members = [ASIA, EUROPE, US];
const NAME = 'web.mynamespace.myfederation.svc.example.com';
const soon = { timeout: 60_000, interval: 100 };
const PORT = 8080;

const web = (name: string, port: number) => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: mynamespace }
spec: { type: LoadBalancer, selector: { app: web }, ports: [{ name: http, port: ${port}, targetPort: 8080 }] }
`;
const manifest = `${web('web', PORT)}---
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
  - { name: ${ASIA}, region: asia-east1 }
  - { name: ${EUROPE}, region: europe-west1 }
  - { name: ${US}, region: us-east1 }
nodes: 1
federation:
  health: { silentOfflineMs: 3000, probeTimeoutMs: 1000, shardTimeoutMs: 1000, flapBackoffMs: 100 }
`;

const held: { sandbox?: Sandbox; network?: Network } = {};
const sandbox = () => held.sandbox!;
const network = () => held.network!;
const federation = (...args: string[]) => sandbox().kubectl('--context=federation-cluster', ...args);

async function apply(name: string, text: string): Promise<void> {
  const file = join(sandbox().directory, `${name}.yaml`);
  writeFileSync(file, text);
  mustSucceed('apply', await sandbox().tryKubectl('--context=federation-cluster', 'apply', '-f', file));
}

/** `Offline ClientsReachable`. */
async function verdicts(name: string): Promise<string> {
  const of = (type: string) =>
    federation('get', 'cluster', name, '-o', `jsonpath={.status.conditions[?(@.type=="${type}")].status}`);
  return `${await of('Offline')} ${await of('ClientsReachable')}`;
}

/** Who says what of a cluster, as in `hub+ gce-us-east1-`. */
async function votes(name: string): Promise<string> {
  const path = '{range .status.votes[*]}{.voter} {.verdict}{"\\n"}{end}';
  const lines = (await federation('get', 'cluster', name, '-o', `jsonpath=${path}`)).trim().split('\n');
  return lines.map((line) => line.replace(' Reachable', '+').replace(' Unreachable', '-')).join(' ');
}

async function shardOf(name: string): Promise<Place> {
  const path = 'jsonpath={.status.loadBalancer.ingress[0].ip}';
  return {
    host: await sandbox().kubectl(`--context=${name}`, 'get', 'svc', 'web', '-n', 'mynamespace', '-o', path),
    port: PORT,
  };
}

async function apiOf(name: string): Promise<Place> {
  const path = `jsonpath={.clusters[?(@.name=="${name}")].cluster.server}`;
  const url = new URL(await sandbox().kubectl('config', 'view', '-o', path));
  return { host: url.hostname, port: Number(url.port) };
}

async function set(line: ProxyLine, from: readonly string[], to: readonly Place[]): Promise<void> {
  for (const one of from) for (const place of to) await (await network().line(one, place)).set(line);
}

beforeAll(async () => {
  const created = await Sandbox.create();
  held.sandbox = created;
  held.network = new Network(created.directory);
  created.variables = held.network.variables;
  const file = join(created.directory, 'fleet.yaml');
  writeFileSync(file, fleetFile);
  await created.up('--config', file);
  await apply('web', manifest);
});

afterAll(async () => {
  await held.network?.[Symbol.asyncDispose]();
  await held.sandbox?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await network().mend();
  await expect.poll(() => sandbox().dig(NAME), soon).toHaveLength(3);
  await expect.poll(() => votes(US), soon).toBe(`hub+ ${ASIA}+ ${EUROPE}+`);
  await expect.poll(() => verdicts(US), soon).toBe('False True');
});

it('two members that have lost each other say so, and nobody loses clients', async () => {
  await set('silent', [ASIA], [await shardOf(US), await apiOf(US)]);
  await set('silent', [US], [await shardOf(ASIA), await apiOf(ASIA)]);
  await expect.poll(() => votes(US), soon).toBe(`hub+ ${ASIA}- ${EUROPE}+`);
  await expect.poll(() => votes(ASIA), soon).toBe(`hub+ ${EUROPE}+ ${US}-`);
  for (const name of members) expect(await verdicts(name)).toBe('False True');
  expect(await sandbox().dig(NAME)).toHaveLength(3);
});

it.each(['silent', 'cut', 'one-way'] as const)(
  'clients whose lines to a member are %s are sent elsewhere, though the federation sees it',
  async (line) => {
    const shard = await shardOf(US);
    await set(line, ['hub', ASIA, EUROPE], [shard]);
    await expect.poll(() => verdicts(US), soon).toBe('False False');
    await expect.poll(() => sandbox().dig(NAME), soon).toHaveLength(2);
    expect(await sandbox().dig(NAME)).not.toContain(shard.host);
    await expect.poll(() => votes(US), soon).toBe(`hub- ${ASIA}- ${EUROPE}-`);
  },
);

it('a member that only its neighbours can reach keeps its clients', async () => {
  await set('silent', ['hub'], [await shardOf(US), await apiOf(US)]);
  await expect.poll(() => verdicts(US), soon).toBe('True True');
  await expect.poll(() => votes(US), soon).toBe(`hub- ${ASIA}+ ${EUROPE}+`);
  expect(await verdicts(US)).toBe('True True');
  expect(await sandbox().dig(NAME)).toHaveLength(3);
});

it('what is seen one way only is believed of that way only', async () => {
  // It reaches nobody, and everybody reaches it.
  await set('silent', [US], [await shardOf(ASIA), await shardOf(EUROPE)]);
  const story = () => federation('describe', 'cluster', ASIA);
  await expect.poll(story, soon).toContain('it reaches nobody, and others do');
  for (const name of members) expect(await verdicts(name)).toBe('False True');
  expect(await sandbox().dig(NAME)).toHaveLength(3);
});

it('lines that are slow and lose packets take nobody away, and let news through', async () => {
  for (const from of ['hub', ...members]) {
    for (const to of members.filter((name) => name !== from)) {
      for (const place of [await shardOf(to), await apiOf(to)]) {
        (await network().line(from, place)).disturb({ delayMs: 50, loss: 0.05 });
      }
    }
  }
  await apply('more', web('more', 8081));
  await expect.poll(() => sandbox().dig(NAME.replace('web', 'more')), soon).toHaveLength(3);
  for (const name of members) expect(await verdicts(name)).toBe('False True');
  expect(await sandbox().dig(NAME)).toHaveLength(3);
});
