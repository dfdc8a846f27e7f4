import { expect, it } from 'vitest';
import { clusters, isReady, placementPolicies } from '../../../federation/apis/index.ts';
import { isObject } from '../../../src/apimachinery/index.ts';
import { configMaps, deployments, namespaces, nodes } from '../../../src/apis/index.ts';
import { startTestFederation, type TestFederation } from './fixture.ts';

const soon = { timeout: 20_000, interval: 20 };
const ASIA = 'gce-asia-east1';
const US = 'gce-us-east1';
const key = { namespace: 'shop', name: 'settings' };
const health = { probeIntervalMs: 100, retryIntervalMs: 20, offlineIntervalMs: 50, refusedOfflineMs: 100 };

async function started(sync: object): Promise<TestFederation> {
  const fleet = await startTestFederation({ names: [ASIA, US], federation: { health, sync } });
  await expect.poll(async () => (await fleet.admin.list(clusters)).items.filter(isReady).length, soon).toBe(2);
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  await Promise.all(
    fleet.members.map(({ admin }) =>
      expect
        .poll(async () => (await admin.list(namespaces)).items.map(({ metadata }) => metadata.name), soon)
        .toContain('shop'),
    ),
  );
  return fleet;
}

it('says on an object which copies are in trouble, and no more once they are not', async () => {
  await using fleet = await started({ troubledAfterMs: 100 });
  const troubled = async (): Promise<unknown> => {
    const text = (await fleet.admin.get(configMaps, key)).metadata.annotations?.['federation.koinon.dev/placement'];
    const record: unknown = JSON.parse(text ?? '{}');
    return isObject(record) ? record['troubled'] : undefined;
  };
  const clustersIn = async (reason: string) => {
    const told = await troubled();
    const names = isObject(told) ? told[reason] : undefined;
    return isObject(names) ? Object.keys(names) : [];
  };
  const us = fleet.member(US);
  await us.admin.create(configMaps, { metadata: key, data: { of: 'another' } });
  await fleet.admin.create(configMaps, { metadata: key, data: { colour: 'red' } });
  await expect.poll(() => clustersIn('conflict'), soon).toEqual([US]);
  await us.admin.delete(configMaps, key);
  // It would be looked at in a minute by itself.
  await fleet.admin.patch(configMaps, key, { type: 'merge', patch: { data: { colour: 'green' } } });
  await expect.poll(troubled, soon).toBeUndefined();
  expect((await us.admin.get(configMaps, key)).data).toEqual({ colour: 'green' });

  us.line.set('refused');
  const isOffline = async () =>
    (await fleet.admin.get(clusters, { name: US })).status?.conditions?.some(
      ({ type, status }) => type === 'Offline' && status === 'True',
    );
  await expect.poll(isOffline, soon).toBe(true);
  await fleet.admin.patch(configMaps, key, { type: 'merge', patch: { data: { colour: 'blue' } } });
  await expect.poll(() => clustersIn('unseen'), soon).toEqual([US]);
  us.line.set('up');
  await expect.poll(troubled, soon).toBeUndefined();
  expect((await us.admin.get(configMaps, key)).data).toEqual({ colour: 'blue' });
});

it('divides by room anew when there is more of it', async () => {
  await using fleet = await started({ usageReviewMs: 100 });
  const grow = async (name: string, pods: string) => {
    const { admin } = fleet.member(name);
    const node = (await admin.list(nodes)).items[0];
    if (node === undefined) throw new Error(`${name} has no node`);
    const conditions = [{ type: 'Ready', status: 'True' }];
    await admin.updateStatus(nodes, { ...node, status: { ...node.status, conditions, allocatable: { pods } } });
  };
  const room = async () =>
    (await fleet.admin.list(clusters)).items.map(({ status }) => status?.allocatable?.['pods'] ?? '0');
  await grow(ASIA, '10');
  await grow(US, '10');
  await expect.poll(room, soon).toEqual(['10', '10']);
  await fleet.admin.create(placementPolicies, {
    metadata: { namespace: 'shop', name: 'web' },
    spec: {
      resourceSelectors: [{ apiVersion: 'apps/v1', kind: 'Deployment' }],
      placement: {
        replicaScheduling: { weightPreference: { dynamicWeight: 'AvailableReplicas' }, rebalance: { maxMoving: 8 } },
      },
    },
  });
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web' }] } };
  await fleet.admin.create(deployments, {
    metadata: { namespace: 'shop', name: 'web' },
    spec: { replicas: 8, selector: { matchLabels: labels }, template },
  });
  const replicas = () =>
    Promise.all(
      fleet.members.map(
        async ({ admin }) => (await admin.list(deployments, { namespace: 'shop' })).items[0]?.spec?.replicas,
      ),
    );
  await expect.poll(replicas, soon).toEqual([4, 4]);
  await grow(US, '1000');
  await expect.poll(async () => (await replicas())[1], soon).toBe(8);
});
