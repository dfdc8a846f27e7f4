import { expect, it } from 'vitest';
import { clusters, isReady } from '../../../federation/apis/index.ts';
import { configMaps, namespaces } from '../../../src/apis/index.ts';
import { startTestFederation, type TestFederation } from './fixture.ts';

const soon = { timeout: 10_000, interval: 10 };
const key = { namespace: 'shop', name: 'settings' };
const cascade = { propagationPolicy: 'Background' as const };
const asia = 'gce-asia-east1';
const us = 'gce-us-east1';
const onlyIn = (cluster: string) => ({
  'federation.alpha.kubernetes.io/cluster-selector': JSON.stringify([
    { key: 'name', operator: '=', values: [cluster] },
  ]),
});

async function started(deletionGraceMs = 60_000): Promise<TestFederation> {
  const health = { probeIntervalMs: 100, retryIntervalMs: 20, offlineIntervalMs: 50, refusedOfflineMs: 100 };
  const fleet = await startTestFederation({ names: [asia, us], federation: { health, sync: { deletionGraceMs } } });
  await expect.poll(async () => (await fleet.admin.list(clusters)).items.filter(isReady).length, soon).toBe(2);
  for (const name of [asia, us]) {
    await fleet.admin.patch(clusters, { name }, { type: 'merge', patch: { metadata: { labels: { name } } } });
  }
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  return fleet;
}

const copy = async (fleet: TestFederation, cluster: string, name = key.name) =>
  fleet
    .member(cluster)
    .admin.get(configMaps, { ...key, name })
    .catch(() => undefined);

const left = async (fleet: TestFederation) => (await fleet.admin.list(configMaps, { namespace: 'shop' })).items;

it('leaves copies of an object that is gone to themselves when another of its name comes and goes', async () => {
  await using fleet = await started();
  await fleet.admin.create(configMaps, { metadata: key, data: { a: '1' } });
  for (const name of [asia, us]) await expect.poll(() => copy(fleet, name), soon).toBeDefined();
  await fleet.admin.delete(configMaps, key, { propagationPolicy: 'Orphan' });
  await expect.poll(() => left(fleet), soon).toEqual([]);

  await fleet.admin.create(configMaps, { metadata: { ...key, annotations: onlyIn(us) }, data: { a: '2' } });
  await expect.poll(async () => (await copy(fleet, us))?.data, soon).toEqual({ a: '2' });
  await fleet.admin.delete(configMaps, key, cascade);
  await expect.poll(() => left(fleet), soon).toEqual([]);
  expect(await copy(fleet, us)).toBeUndefined();
  expect((await copy(fleet, asia))?.data).toEqual({ a: '1' });
  expect(fleet.member(asia).line.writes).not.toContain('delete configmaps');
});

it('leaves a namespace with copies of an object that is gone to itself', async () => {
  await using fleet = await started();
  await fleet.admin.create(configMaps, { metadata: key, data: { a: '1' } });
  await fleet.admin.create(configMaps, { metadata: { ...key, name: 'other', annotations: onlyIn(us) } });
  for (const name of [asia, us]) await expect.poll(() => copy(fleet, name), soon).toBeDefined();
  await expect.poll(() => copy(fleet, us, 'other'), soon).toBeDefined();
  await fleet.admin.delete(configMaps, { ...key, name: 'other' }, { propagationPolicy: 'Orphan' });
  // What its namespace deletes while it is still there is not left behind.
  await expect.poll(async () => (await left(fleet)).length, soon).toBe(1);
  await fleet.admin.delete(namespaces, { name: 'shop' }, cascade);
  const namespaceIn = (cluster: string) => fleet.member(cluster).admin.get(namespaces, { name: 'shop' });
  await expect.poll(async () => (await namespaceIn(asia)).metadata.deletionTimestamp, soon).toBeDefined();
  await expect
    .poll(async () => (await namespaceIn(us)).metadata.labels, soon)
    .not.toHaveProperty('federation.koinon.dev/managed-by');
  expect((await namespaceIn(us)).metadata.deletionTimestamp).toBeUndefined();
  expect((await fleet.member(us).admin.list(configMaps, { namespace: 'shop' })).items.length).toBe(1);
});

it('deletes what is owed where another object of that name does not want it', async () => {
  await using fleet = await started(100);
  await fleet.admin.create(configMaps, { metadata: key, data: { a: '1' } });
  for (const name of [asia, us]) await expect.poll(() => copy(fleet, name), soon).toBeDefined();
  fleet.member(asia).line.set('refused');
  await fleet.admin.delete(configMaps, key, cascade);
  await expect.poll(() => left(fleet), soon).toEqual([]);
  await fleet.admin.create(configMaps, { metadata: { ...key, annotations: onlyIn(us) }, data: { a: '2' } });
  await expect.poll(async () => (await copy(fleet, us))?.data, soon).toEqual({ a: '2' });
  fleet.member(asia).line.set('up');
  await expect.poll(() => copy(fleet, asia), soon).toBeUndefined();
  const owed = { namespace: 'federation-system', name: `owed-to-${asia}` };
  await expect.poll(() => fleet.admin.get(configMaps, owed).catch(() => undefined), soon).toBeUndefined();
});
