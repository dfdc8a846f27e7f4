import { expect, it, vi } from 'vitest';
import { clusters, isOffline, isReady } from '../../../federation/apis/index.ts';
import { namespaces, services } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { balance, endpoints, nginx, startTestFederation, type TestFederation, type TestMember } from './fixture.ts';

const NS = 'mynamespace';
const P = 'nginx.mynamespace.myfederation.svc';
const ips: Readonly<Record<string, string>> = {
  'gce-asia-east1': '127.1.200.1',
  'gce-europe-west1': '127.2.200.1',
  'gce-us-central1': '127.3.200.1',
  'gce-us-east1': '127.4.200.1',
};

const soon = { timeout: 10_000, interval: 10 };
const ready = async (admin: Client) =>
  (await admin.list(clusters)).items.filter(isReady).map(({ metadata }) => metadata.name);

async function allReady({ admin, members }: TestFederation): Promise<void> {
  await expect.poll(async () => (await ready(admin)).length, soon).toBe(members.length);
}

async function shardIn({ admin }: TestMember) {
  return (await admin.list(services, { namespace: NS })).items.find(({ metadata }) => metadata.name === 'nginx');
}

async function createNginx({ admin, members }: TestFederation): Promise<void> {
  await admin.create(namespaces, { metadata: { name: NS } });
  await admin.create(services, nginx(NS));
  await vi.waitFor(async () => {
    for (const member of members) expect(await shardIn(member)).toBeDefined();
  }, soon);
}

async function serving(fleet: TestFederation): Promise<void> {
  await createNginx(fleet);
  for (const member of fleet.members) {
    await balance(member, NS, 'nginx', ips[member.name]!);
    await endpoints(member, NS, 'nginx', [true]);
  }
  await expect
    .poll(async () => (await fleet.records())[`${P}.example.com A`], soon)
    .toBe('127.1.200.1 127.2.200.1 127.3.200.1 127.4.200.1');
}

it('walks through: shards everywhere, records with health, away with it again', async () => {
  await using fleet = await startTestFederation();
  await allReady(fleet);
  await createNginx(fleet);
  for (const member of fleet.members) await balance(member, NS, 'nginx', ips[member.name]!);
  await vi.waitFor(async () => {
    const { status } = await fleet.admin.get(services, { namespace: NS, name: 'nginx' });
    expect(status?.loadBalancer?.ingress?.map(({ ip }) => ip)).toEqual(Object.values(ips));
  }, soon);
  expect(await fleet.records()).toEqual({});

  for (const member of fleet.members) await endpoints(member, NS, 'nginx', [true]);
  await vi.waitFor(async () => {
    const records = await fleet.records();
    expect(records[`${P}.example.com A`]).toBe(Object.values(ips).join(' '));
    expect(records[`${P}.us-central1.example.com A`]).toBe('127.3.200.1');
    expect(records[`${P}.us-central1-b.us-central1.example.com A`]).toBe('127.3.200.1');
    expect(records[`${P}.us-central1-b.example.com A`]).toBe('127.3.200.1');
  }, soon);

  await endpoints(fleet.member('gce-europe-west1'), NS, 'nginx', [false]);
  await vi.waitFor(async () => {
    const records = await fleet.records();
    expect(records[`${P}.europe-west1.example.com CNAME`]).toBe(`${P}.example.com`);
    expect(records[`${P}.example.com A`]).toBe('127.1.200.1 127.3.200.1 127.4.200.1');
  }, soon);
  // What DNS says waits for no annotation.
  await vi.waitFor(async () => {
    const annotated = await fleet.admin.get(services, { namespace: NS, name: 'nginx' });
    expect(
      JSON.parse(annotated.metadata.annotations?.['federation.kubernetes.io/service-ingresses'] ?? ''),
    ).toMatchObject({
      items: [
        { cluster: 'gce-asia-east1', items: [{ ip: '127.1.200.1' }] },
        { cluster: 'gce-europe-west1', items: null },
        {},
        {},
      ],
    });
  }, soon);

  await fleet.admin.delete(services, { namespace: NS, name: 'nginx' }, { propagationPolicy: 'Background' });
  await vi.waitFor(async () => {
    expect(await fleet.rawRecords()).toEqual([]);
    for (const member of fleet.members) expect(await shardIn(member)).toBeUndefined();
    expect((await fleet.admin.list(services, { namespace: NS })).items).toEqual([]);
  }, soon);
});

it('finds a killed member offline within three seconds, takes its records away, and puts them back', async () => {
  await using fleet = await startTestFederation();
  await serving(fleet);
  const lost = fleet.member('gce-asia-east1');
  const begun = performance.now();
  lost.line.set('refused');
  await vi.waitFor(async () => {
    const records = await fleet.records();
    expect(records[`${P}.asia-east1.example.com CNAME`]).toBe(`${P}.example.com`);
    expect(records[`${P}.example.com A`]).toBe('127.2.200.1 127.3.200.1 127.4.200.1');
  }, soon);
  expect(performance.now() - begun).toBeLessThan(3_500);
  const cluster = await fleet.admin.get(clusters, { name: lost.name });
  expect(isOffline(cluster)).toBe(true);
  expect(cluster.status).toMatchObject({ region: 'asia-east1', zones: ['asia-east1-a'] });

  lost.line.set('up');
  await expect.poll(async () => (await fleet.records())[`${P}.asia-east1.example.com A`], soon).toBe('127.1.200.1');
});

it('leaves a member alone that is silent for two seconds', async () => {
  await using fleet = await startTestFederation({ names: ['gce-asia-east1', 'gce-us-east1'] });
  await serving2(fleet);
  fleet.member('gce-asia-east1').line.set('silent');
  const until = performance.now() + 2_500;
  await vi.waitUntil(
    async () => {
      expect((await fleet.records())[`${P}.example.com A`]).toBe('127.1.200.1 127.4.200.1');
      return performance.now() > until;
    },
    { timeout: 6_000, interval: 50 },
  );
  fleet.member('gce-asia-east1').line.set('up');
});

async function serving2(fleet: TestFederation): Promise<void> {
  await createNginx(fleet);
  for (const member of fleet.members) {
    await balance(member, NS, 'nginx', ips[member.name]!);
    await endpoints(member, NS, 'nginx', [true]);
  }
  await expect.poll(async () => (await fleet.records())[`${P}.example.com A`], soon).toBe('127.1.200.1 127.4.200.1');
}

it('changes nothing by stopping and starting', async () => {
  await using fleet = await startTestFederation();
  await serving(fleet);
  const before = await fleet.records();
  const shards = await Promise.all(fleet.members.map(shardIn));
  // One member is out of sight all the while: nothing new is known of it when the control plane comes up.
  fleet.member('gce-us-east1').line.set('silent');
  await fleet.restart();
  await vi.waitFor(async () => {
    expect((await ready(fleet.admin)).length).toBeGreaterThan(2);
  }, soon);
  for (let look = 0; look < 20; look++) {
    expect(await fleet.records()).toEqual(before);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  const after = await Promise.all(fleet.members.map(shardIn));
  expect(after.map((shard) => shard?.metadata.resourceVersion)).toEqual(
    shards.map((shard) => shard?.metadata.resourceVersion),
  );
});

it('collects the records of what went while it was not looking', async () => {
  await using fleet = await startTestFederation({ names: ['gce-asia-east1', 'gce-us-east1'] });
  await serving2(fleet);
  await fleet.admin.delete(clusters, { name: 'gce-us-east1' });
  await vi.waitFor(async () => {
    const names = (await fleet.rawRecords()).map(({ name }) => name);
    expect(names.filter((name) => name.includes('us-east1'))).toEqual([]);
    expect((await fleet.records())[`${P}.example.com A`]).toBe('127.1.200.1');
  }, soon);
  expect(await shardIn(fleet.member('gce-us-east1'))).toBeDefined();
});

it('answers with the TTL that the Service asks for', async () => {
  await using fleet = await startTestFederation({ names: ['gce-asia-east1', 'gce-us-east1'] });
  await serving2(fleet);
  expect(new Set((await fleet.rawRecords()).map(({ ttlSeconds }) => ttlSeconds))).toEqual(new Set([180]));
  const patch = { metadata: { annotations: { 'federation.koinon.dev/dns-ttl': '30' } } };
  await fleet.admin.patch(services, { namespace: NS, name: 'nginx' }, { type: 'merge', patch });
  await expect
    .poll(async () => (await fleet.rawRecords()).every(({ ttlSeconds }) => ttlSeconds === 30), soon)
    .toBe(true);
});
