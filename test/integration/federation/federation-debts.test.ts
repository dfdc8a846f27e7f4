import { expect, it } from 'vitest';
import { clusters, isOffline, isReady } from '../../../federation/apis/index.ts';
import { configMaps, events, namespaces } from '../../../src/apis/index.ts';
import { createMetrics, type Registry } from '../../../src/component-base/index.ts';
import { startTestFederation, type TestFederation, type TestMember } from './fixture.ts';

const soon = { timeout: 10_000, interval: 10 };
const key = { namespace: 'shop', name: 'settings' };
const ledger = { namespace: 'federation-system', name: 'owed-to-gce-asia-east1' };
const cascade = { propagationPolicy: 'Background' as const };
const health = {
  probeIntervalMs: 100,
  retryIntervalMs: 20,
  offlineIntervalMs: 50,
  probeTimeoutMs: 50,
  silentOfflineMs: 400,
  refusedOfflineMs: 100,
};

interface Setting {
  readonly fleet: TestFederation;
  readonly dark: TestMember;
  readonly seen: TestMember;
}

const settings = ({ admin }: { admin: TestMember['admin'] }) => admin.get(configMaps, key).catch(() => undefined);
const owed = ({ admin }: TestFederation) => admin.get(configMaps, ledger).catch(() => undefined);

/** A copy of `shop/settings` in two members, of which one is out of sight and one is not. */
async function halfInTheDark(deletionGraceMs: number, metrics?: Registry): Promise<Setting> {
  const names = ['gce-asia-east1', 'gce-us-east1'];
  const options = { health, sync: { deletionGraceMs }, ...(metrics === undefined ? {} : { metrics }) };
  const fleet = await startTestFederation({ names, federation: options });
  await expect.poll(async () => (await fleet.admin.list(clusters)).items.filter(isReady).length, soon).toBe(2);
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  await fleet.admin.create(configMaps, { metadata: key, data: { a: '1' } });
  for (const member of fleet.members) await expect.poll(() => settings(member), soon).toBeDefined();
  const [dark, seen] = fleet.members as [TestMember, TestMember];
  dark.line.set('refused');
  await expect.poll(async () => isOffline(await fleet.admin.get(clusters, { name: dark.name })), soon).toBe(true);
  return { fleet, dark, seen };
}

async function reasons({ admin }: TestFederation, name: string) {
  const { items } = await admin.list(events);
  return items.filter(({ involvedObject }) => involvedObject.name === name).map(({ reason }) => reason);
}

it('lets a deleted object go after a grace period, and deletes its copy when the cluster is back', async () => {
  const { fleet, dark, seen } = await halfInTheDark(500);
  await using _fleet = fleet;
  await fleet.admin.delete(configMaps, key, cascade);
  await expect.poll(() => settings(seen), soon).toBeUndefined();
  await expect.poll(() => settings(fleet), soon).toBeUndefined();
  expect((await owed(fleet))?.data?.['configmaps.v1.']).toContain('"shop/settings"');
  await expect.poll(() => reasons(fleet, dark.name), soon).toContain('DeletionsOwed');
  expect(await settings(dark)).toBeDefined();

  await fleet.restart();
  expect(await owed(fleet)).toBeDefined();
  dark.line.set('up');
  await expect.poll(() => settings(dark), soon).toBeUndefined();
  await expect.poll(() => owed(fleet), soon).toBeUndefined();
  await expect.poll(() => reasons(fleet, dark.name), soon).toContain('DeletionsCompleted');
});

it('waits for a cluster that is back in time', async () => {
  const { fleet, dark } = await halfInTheDark(60_000);
  await using _fleet = fleet;
  await fleet.admin.delete(configMaps, key, cascade);
  await expect.poll(() => reasons(fleet, 'settings'), soon).toContain('WaitingForClusters');
  expect(await settings(fleet)).toBeDefined();
  dark.line.set('up');
  await expect.poll(() => settings(fleet), soon).toBeUndefined();
  expect(await settings(dark)).toBeUndefined();
  expect(await owed(fleet)).toBeUndefined();
});

it('deletes nothing that a new object wants', async () => {
  const { fleet, dark } = await halfInTheDark(100);
  await using _fleet = fleet;
  await fleet.admin.delete(configMaps, key, cascade);
  await expect.poll(() => settings(fleet), soon).toBeUndefined();
  await fleet.admin.create(configMaps, { metadata: key, data: { a: '2' } });
  const before = (await settings(dark))?.metadata.uid;
  dark.line.set('up');
  await expect.poll(async () => (await settings(dark))?.data, soon).toEqual({ a: '2' });
  await expect.poll(() => owed(fleet), soon).toBeUndefined();
  expect((await settings(dark))?.metadata.uid).toBe(before);
  expect(dark.line.writes).not.toContain('delete configmaps');
});

it('deletes nothing that is no longer its own when the cluster is back', async () => {
  const { fleet, dark } = await halfInTheDark(100);
  await using _fleet = fleet;
  await fleet.admin.delete(configMaps, key, cascade);
  await expect.poll(() => settings(fleet), soon).toBeUndefined();
  const patch = { metadata: { labels: { 'federation.koinon.dev/managed-by': null } } };
  await dark.admin.patch(configMaps, key, { type: 'merge', patch });
  dark.line.set('up');
  await expect.poll(() => owed(fleet), soon).toBeUndefined();
  expect(await settings(dark)).toBeDefined();
});

it('owes nothing to a cluster that has left', async () => {
  const metrics = createMetrics();
  const { fleet, dark } = await halfInTheDark(100, metrics);
  await using _fleet = fleet;
  await fleet.admin.delete(configMaps, key, cascade);
  await expect.poll(() => owed(fleet), soon).toBeDefined();
  expect(await metrics.metrics()).toContain('koinon_cluster_deletions_owed{cluster="gce-asia-east1"} 1');
  await fleet.admin.delete(clusters, { name: dark.name });
  await expect.poll(() => owed(fleet), soon).toBeUndefined();
  expect(await metrics.metrics()).not.toContain('koinon_cluster_deletions_owed{cluster="gce-asia-east1"}');
  expect(await settings(dark)).toBeDefined();
});
