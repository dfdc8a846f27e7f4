import { expect, it, vi } from 'vitest';
import { startFederation } from '../../../federation/control-plane/index.ts';
import { clusterCondition, clusters, isOffline, isReady } from '../../../federation/apis/index.ts';
import { configMaps, endpointSlices, events, namespaces, services } from '../../../src/apis/index.ts';
import { systemClock } from '../../../src/component-base/index.ts';
import { createMemoryStorage } from '../../../src/storage/index.ts';
import { adminUser } from '../../harness/api-server.ts';
import { balance, endpoints, nginx, startMember, startTestFederation, type TestFederation } from './fixture.ts';

const soon = { timeout: 10_000, interval: 10 };
const two = ['gce-asia-east1', 'gce-us-east1'];
const GLOBAL = 'nginx.shop.myfederation.svc.example.com A';
const both = '127.1.200.1 127.4.200.1';
const key = { namespace: 'shop', name: 'settings' };

/** Judges in tens of milliseconds what usually takes seconds. */
const quick = {
  probeIntervalMs: 100,
  retryIntervalMs: 20,
  offlineIntervalMs: 50,
  probeTimeoutMs: 50,
  silentOfflineMs: 400,
  refusedOfflineMs: 100,
};

async function readyCount({ admin }: TestFederation): Promise<number> {
  return (await admin.list(clusters)).items.filter(isReady).length;
}

async function started(options: Parameters<typeof startTestFederation>[0] = {}): Promise<TestFederation> {
  const fleet = await startTestFederation({ names: two, ...options });
  await expect.poll(() => readyCount(fleet), soon).toBe(fleet.members.length);
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  for (const { admin } of fleet.members) {
    await expect
      .poll(async () => (await admin.list(namespaces)).items.map(({ metadata }) => metadata.name), soon)
      .toContain('shop');
  }
  return fleet;
}

/** `nginx` of two members in DNS. */
async function serving(options: Parameters<typeof startTestFederation>[0] = {}): Promise<TestFederation> {
  const fleet = await started(options);
  await fleet.admin.create(services, nginx('shop'));
  for (const [index, member] of fleet.members.entries()) {
    await expect.poll(async () => (await member.admin.list(services)).items.length, soon).toBe(1);
    await balance(member, 'shop', 'nginx', index === 0 ? '127.1.200.1' : '127.4.200.1');
    await endpoints(member, 'shop', 'nginx', [true]);
  }
  await expect.poll(async () => (await fleet.records())[GLOBAL], soon).toBe(both);
  return fleet;
}

async function statusOf({ admin }: TestFederation, name: string): Promise<readonly (string | undefined)[]> {
  const cluster = await admin.get(clusters, { name });
  return (['Ready', 'Offline'] as const).map((type) => clusterCondition(cluster, type)?.status);
}

async function reasonsOf({ admin }: TestFederation, name: string): Promise<ReadonlySet<string | undefined>> {
  const { items } = await admin.list(events);
  return new Set(items.filter(({ involvedObject }) => involvedObject.name === name).map(({ reason }) => reason));
}

it('keeps the last answers when no member can be heard, and says so', async () => {
  await using fleet = await serving({ federation: { health: quick } });
  for (const member of fleet.members) member.line.set('silent');
  for (const name of two) await expect.poll(() => statusOf(fleet, name), soon).toEqual(['Unknown', 'Unknown']);
  expect((await fleet.records())[GLOBAL]).toBe(both);
  await expect.poll(() => reasonsOf(fleet, 'gce-us-east1'), soon).toContain('NoClusterReachable');

  // One is back: the other is alone in its silence, and that counts.
  fleet.member('gce-asia-east1').line.set('up');
  await expect.poll(async () => (await fleet.records())[GLOBAL], soon).toBe('127.1.200.1');
  expect(await statusOf(fleet, 'gce-us-east1')).toEqual(['False', 'True']);
  fleet.member('gce-us-east1').line.set('up');
  await expect.poll(async () => (await fleet.records())[GLOBAL], soon).toBe(both);
});

it('is of the same mind after a restart in the dark', async () => {
  await using fleet = await serving({ federation: { health: quick } });
  for (const member of fleet.members) member.line.set('silent');
  await expect.poll(() => statusOf(fleet, 'gce-us-east1'), soon).toEqual(['Unknown', 'Unknown']);
  await fleet.restart();
  await expect.poll(() => statusOf(fleet, 'gce-us-east1'), soon).toEqual(['Unknown', 'Unknown']);
  expect((await fleet.records())[GLOBAL]).toBe(both);
  for (const member of fleet.members) member.line.set('up');
  await expect.poll(() => readyCount(fleet), soon).toBe(2);
  expect((await fleet.records())[GLOBAL]).toBe(both);
});

it('believes the silence of all where it is told to', async () => {
  await using fleet = await serving({ federation: { health: { ...quick, believeSilenceOfAll: true } } });
  for (const member of fleet.members) member.line.set('silent');
  await expect.poll(() => fleet.records(), soon).toEqual({});
  for (const name of two) await expect.poll(() => statusOf(fleet, name), soon).toEqual(['False', 'True']);
});

it('believes refusals of all: somebody answers', async () => {
  await using fleet = await serving({ federation: { health: quick } });
  for (const member of fleet.members) member.line.set('refused');
  await expect.poll(() => fleet.records(), soon).toEqual({});
});

it('sends nobody to a shard that died while its member was out of sight', async () => {
  await using fleet = await serving({ federation: { health: quick } });
  const asia = fleet.member('gce-asia-east1');
  asia.line.set('silent');
  await expect.poll(async () => (await fleet.records())[GLOBAL], soon).toBe('127.4.200.1');
  await asia.admin.deleteCollection(endpointSlices, { namespace: 'shop' });

  const seen = new Set<string | undefined>();
  asia.line.set('up');
  await vi.waitFor(async () => {
    seen.add((await fleet.records())[GLOBAL]);
    expect(await readyCount(fleet)).toBe(2);
  }, soon);
  await endpoints(asia, 'shop', 'nginx', [false]);
  await expect.poll(async () => (await fleet.admin.list(clusters)).items.some(isOffline), soon).toBe(false);
  seen.add((await fleet.records())[GLOBAL]);
  expect([...seen]).toEqual(['127.4.200.1']);
  await endpoints(asia, 'shop', 'nginx', [true]);
  await expect.poll(async () => (await fleet.records())[GLOBAL], soon).toBe(both);
});

it('leaves what another federation has, even when asked to adopt', async () => {
  await using fleet = await started();
  const [first, second] = fleet.members;
  const labels = { 'federation.koinon.dev/managed-by': 'other' };
  await first!.admin.create(configMaps, { metadata: { ...key, labels }, data: { of: 'other' } });
  const adopt = { 'federation.koinon.dev/adopt': 'true' };
  await fleet.admin.create(configMaps, { metadata: { ...key, annotations: adopt }, data: { of: 'us' } });
  await expect.poll(() => reasonsOf(fleet, 'settings'), soon).toContain('AdoptionRequired');
  await expect.poll(async () => (await second!.admin.get(configMaps, key)).data, soon).toEqual({ of: 'us' });
  expect((await first!.admin.get(configMaps, key)).data).toEqual({ of: 'other' });
});

it('does not wear out a member in which somebody else wants a copy otherwise', async () => {
  await using fleet = await started();
  await fleet.admin.create(configMaps, { metadata: key, data: { of: 'us' } });
  const { admin } = fleet.members[0]!;
  await expect.poll(async () => (await admin.list(configMaps)).items.length, soon).toBe(1);
  const stop = new AbortController();
  let rewrites = 0;
  const rival = (async () => {
    for await (const { object } of admin.watch(configMaps, { namespace: 'shop', signal: stop.signal })) {
      if (object.data?.['of'] !== 'us') continue;
      rewrites += 1;
      await admin.patch(configMaps, key, { type: 'merge', patch: { data: { of: 'rival' } } });
    }
  })();
  await expect.poll(() => reasonsOf(fleet, 'settings'), soon).toContain('ContestedInCluster');
  expect(rewrites).toBeLessThan(6);
  stop.abort();
  await rival;
  // It goes on all the same, and a change of ours does not wait.
  await fleet.admin.patch(configMaps, key, { type: 'merge', patch: { data: { of: 'us, again' } } });
  await expect.poll(async () => (await admin.get(configMaps, key)).data, soon).toEqual({ of: 'us, again' });
});

it('writes nothing anywhere while nothing changes', async () => {
  await using fleet = await serving({ federation: { health: { ...quick, heartbeatMs: 1_000_000 } } });
  const calls = () => fleet.members.map(({ line }) => line.calls);
  const known = async () => (await fleet.admin.list(clusters)).items.map(({ status }) => status?.requested?.['pods']);
  await expect.poll(known, soon).toEqual(['0', '0']);
  const versions = async () => {
    const { admin } = fleet;
    const lists = [await admin.list(services), await admin.list(namespaces), await admin.list(clusters)];
    return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.resourceVersion));
  };
  // What the start has set going may take its time; from some moment on there is nothing left to do.
  await expect
    .poll(async () => {
      const [before, callsBefore, until] = [await versions(), calls(), performance.now() + 500];
      await vi.waitUntil(() => performance.now() > until, { timeout: 5_000, interval: 50 });
      // Probes, and at most a look at what pods request.
      const isCalm = calls().every((count, index) => count - (callsBefore[index] ?? 0) < 2);
      return isCalm && JSON.stringify(await versions()) === JSON.stringify(before);
    }, soon)
    .toBe(true);
});

it('sends nobody to a shard that is being taken down', async () => {
  await using fleet = await serving();
  const asia = fleet.member('gce-asia-east1');
  const web = { namespace: 'shop', name: 'nginx' };
  const finalizers = ['service.kubernetes.io/load-balancer-cleanup'];
  await asia.admin.patch(services, web, { type: 'merge', patch: { metadata: { finalizers } } });
  await asia.admin.delete(services, web);
  await expect.poll(async () => (await fleet.records())[GLOBAL], soon).toBe('127.4.200.1');
  expect((await asia.admin.get(services, web)).status?.loadBalancer?.ingress).toBeDefined();

  await asia.admin.patch(services, web, { type: 'merge', patch: { metadata: { finalizers: null } } });
  await vi.waitFor(() => balance(asia, 'shop', 'nginx', '127.1.200.9'), soon);
  await expect.poll(async () => (await fleet.records())[GLOBAL], soon).toBe('127.1.200.9 127.4.200.1');
});

it('shares members with another federation in peace', async () => {
  await using fleet = await started();
  await using other = await startFederation({
    name: 'other',
    dnsDomain: 'example.com',
    storage: createMemoryStorage({ clock: systemClock }),
    createClient: ({ name }) => fleet.member(name).line.client,
  });
  const theirs = other.client(adminUser);
  for (const { name } of fleet.members) {
    const spec = { serverAddressByClientCIDRs: [{ serverAddress: `${name}.test` }] };
    await theirs.create(clusters, { metadata: { name }, spec });
  }
  const adopt = { 'federation.koinon.dev/adopt': 'true' };
  const ours = { metadata: { ...key, annotations: adopt }, data: { of: 'us' } };
  await fleet.admin.create(configMaps, ours);
  const copies = () => Promise.all(fleet.members.map(({ admin }) => admin.list(configMaps)));
  await vi.waitFor(async () => {
    for (const { items } of await copies()) expect(items.length).toBe(1);
  }, soon);
  const before = await copies();
  await theirs.create(namespaces, { metadata: { name: 'shop' } });
  await theirs.create(configMaps, { ...ours, data: { of: 'them' } });
  await theirs.create(configMaps, { metadata: { ...key, name: 'another' }, data: {} });
  await vi.waitFor(async () => {
    const { items } = await theirs.list(events);
    expect(items.filter(({ reason }) => reason === 'AdoptionRequired').length).toBe(2);
    for (const { items: all } of await copies()) expect(all.length).toBe(2);
  }, soon);
  for (const [index, { items }] of (await copies()).entries()) {
    expect(items.find(({ metadata }) => metadata.name === key.name)).toEqual(before[index]!.items[0]);
  }
});

it('takes a new cluster behind the same Cluster object for what it is', async () => {
  await using replacement = await startMember('gce-asia-east1', { region: 'asia-east1', zones: ['asia-east1-a'] });
  await using fleet = await started({ federation: { health: quick }, at: { 'https://new.test': replacement } });
  await fleet.admin.create(configMaps, { metadata: key, data: { of: 'us' } });
  await fleet.admin.create(configMaps, { metadata: { ...key, name: 'stays' }, data: {} });
  const lost = fleet.member('gce-asia-east1');
  await expect.poll(async () => (await lost.admin.list(configMaps)).items.length, soon).toBe(2);
  lost.line.set('silent');
  await expect.poll(() => statusOf(fleet, lost.name), soon).toEqual(['False', 'True']);
  await fleet.admin.delete(configMaps, key, { propagationPolicy: 'Background' });
  await expect.poll(() => reasonsOf(fleet, 'settings'), soon).toContain('WaitingForClusters');

  const spec = { serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: 'https://new.test' }] };
  await fleet.admin.patch(clusters, { name: lost.name }, { type: 'merge', patch: { spec } });
  await vi.waitFor(async () => {
    expect((await fleet.admin.list(configMaps)).items.map(({ metadata }) => metadata.name)).toEqual(['stays']);
    const made = (await replacement.admin.list(configMaps)).items;
    expect(made.map(({ metadata }) => metadata.name)).toEqual(['stays']);
  }, soon);
  expect((await lost.admin.list(configMaps)).items.length).toBe(2);
});
