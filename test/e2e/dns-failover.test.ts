import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/component-base/index.ts';
import { DnsAsker, type Asked } from '../harness/dns-asker.ts';
import { freePort, mustSucceed, Sandbox } from './fleet.ts';

const members = ['gce-asia-east1', 'gce-europe-west1', 'gce-us-central1'] as const;
const HUB = 'myfederation';
const LOST = members[2];
const NAME = 'nginx.mynamespace.myfederation.svc.example.com';
const PER_SECOND = 1_000;
const soon = { timeout: 60_000, interval: 50 };

const sandbox = await Sandbox.create();
const addresses = new Map<string, string>();
const held: { dns?: ChildProcess; address?: string } = {};

const all = () => [...addresses.values()].sort();
const member = (cluster: string, ...args: string[]) => sandbox.kubectl(`--context=${cluster}`, ...args);

/** A part of the federation's entry in the kubeconfig, as a file. */
async function credential(what: string): Promise<string> {
  const text = await sandbox.kubectl(
    '--context=federation-cluster',
    ...['config', 'view', '--raw', '--minify', '--flatten', '-o', `jsonpath={${what}}`],
  );
  const file = join(sandbox.directory, `${what.split('.').at(-1)}.pem`);
  writeFileSync(file, Buffer.from(text, 'base64'));
  return file;
}

/** A DNS server beside the hub, which goes on without it. */
async function startBeside(): Promise<void> {
  held.address = `127.0.0.1:${await freePort()}`;
  const server = ['config', 'view', '--minify', '-o', 'jsonpath={.clusters[0].cluster.server}'];
  held.dns = sandbox.spawnKoinon(
    'dns',
    ...['--server', await sandbox.kubectl('--context=federation-cluster', ...server)],
    ...['--certificate-authority', await credential('.clusters[0].cluster.certificate-authority-data')],
    ...['--client-certificate', await credential('.users[0].user.client-certificate-data')],
    ...['--client-key', await credential('.users[0].user.client-key-data')],
    ...['--data-dir', join(sandbox.directory, 'beside'), '--dns-address', held.address],
  );
  await expect.poll(() => sandbox.dig(NAME, held.address), soon).toEqual(all());
}

beforeAll(async () => {
  await sandbox.up('--clusters', '3', '--nodes', '1');
});

it('answers beside the hub as the hub does', async () => {
  await sandbox.kubectl('--context=federation-cluster', 'create', '-f', 'examples/nginx-service.yaml');
  for (const cluster of members) {
    await member(cluster, 'create', 'deployment', 'nginx', '--image=nginx', '--port=80');
    const balancer = ['get', 'service', 'nginx', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}'];
    await expect.poll(() => member(cluster, ...balancer), soon).toMatch(/^127\./);
    addresses.set(cluster, await member(cluster, ...balancer));
  }
  await startBeside();
});

afterAll(async () => {
  const { dns } = held;
  const ended = new Promise((resolve) => dns?.once('exit', resolve));
  if (dns?.kill('SIGTERM') === true) await ended;
  await sandbox[Symbol.asyncDispose]();
});

/** Asks all the while, and goes on for a moment when it is over. */
async function asking(whatHappens: () => Promise<void>): Promise<readonly Asked[]> {
  await using asker = await DnsAsker.start(held.address ?? '', NAME, PER_SECOND);
  const began = systemClock.now();
  await whatHappens();
  const over = systemClock.now();
  await expect.poll(() => asker.since(over).length, soon).toBeGreaterThan(PER_SECOND);
  return asker.since(began);
}

const text = ({ addresses: found }: Asked) => found?.join(' ') ?? 'no answer';

it('gives every client every answer while the hub is killed and comes back', async () => {
  const asked = await asking(async () => {
    mustSucceed('kill', await sandbox.koinon('cluster', 'kill', HUB));
    await expect.poll(async () => (await sandbox.dig(NAME)).join(), soon).not.toMatch(/^127\./);
    mustSucceed('start', await sandbox.koinon('cluster', 'start', HUB));
    await expect.poll(() => sandbox.dig(NAME), soon).toEqual(all());
  });
  expect(new Set(asked.map(text))).toEqual(new Set([all().join(' ')]));
});

it('names a member that is killed no more after a while, then never, and is never without an answer', async () => {
  const others = all().filter((address) => address !== addresses.get(LOST));
  const asked = await asking(async () => {
    mustSucceed('kill', await sandbox.koinon('cluster', 'kill', LOST));
    await expect.poll(() => sandbox.dig(NAME, held.address), soon).toEqual(others);
  });
  const [before, after] = [all().join(' '), others.join(' ')];
  expect(new Set(asked.map(text))).toEqual(new Set([before, after]));
  const inOrder = asked.toSorted((a, b) => a.at - b.at).map(text);
  expect(inOrder.lastIndexOf(before)).toBeLessThan(inOrder.indexOf(after));
});

it('names it again when it is back', async () => {
  const asked = await asking(async () => {
    mustSucceed('start', await sandbox.koinon('cluster', 'start', LOST));
    await expect.poll(() => sandbox.dig(NAME, held.address), soon).toEqual(all());
  });
  expect(asked.every(({ addresses: found }) => (found?.length ?? 0) >= 2)).toBe(true);
});
