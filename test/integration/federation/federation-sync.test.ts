import { expect, it, vi } from 'vitest';
import { clusters, isReady } from '../../../federation/apis/index.ts';
import type { KubeObject, Resource } from '../../../src/apimachinery/index.ts';
import {
  configMaps,
  deployments,
  events,
  namespaces,
  secrets,
  services,
  type ConfigMap,
  type Deployment,
} from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { nginx, startTestFederation, storeAnnotations, type FixtureOptions, type TestFederation } from './fixture.ts';

const soon = { timeout: 10_000, interval: 10 };
const two = { names: ['gce-asia-east1', 'gce-us-east1'] };
const key = { namespace: 'shop', name: 'settings' };
const settings = (data: Record<string, string>, annotations: Record<string, string> = {}) => ({
  metadata: { ...key, annotations },
  data,
});

async function find<T extends KubeObject>(client: Client, resource: Resource<T>, name: string): Promise<T | undefined> {
  const namespace = resource.namespaced ? { namespace: 'shop' } : {};
  return (await client.list(resource, namespace)).items.find(({ metadata }) => metadata.name === name);
}

/** A federation whose members are ready, with the namespace `shop` everywhere. */
async function started(options: FixtureOptions = two): Promise<TestFederation> {
  const fleet = await startTestFederation(options);
  const joined = options.names ?? [];
  await expect
    .poll(async () => (await fleet.admin.list(clusters)).items.filter(isReady).length, soon)
    .toBe(joined.length);
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  for (const name of joined) {
    await expect.poll(() => find(fleet.member(name).admin, namespaces, 'shop'), soon).toBeDefined();
  }
  return fleet;
}

const reasons = async (admin: Client, name: string) =>
  (await admin.list(events)).items
    .filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ reason, message }) => `${reason ?? ''}: ${message ?? ''}`);

async function dataEverywhere(fleet: TestFederation, data: ConfigMap['data']): Promise<void> {
  for (const { admin } of fleet.members) {
    await expect.poll(async () => (await find(admin, configMaps, 'settings'))?.data, soon).toEqual(data);
  }
}

it('copies, updates and repairs', async () => {
  await using fleet = await started();
  await fleet.admin.create(configMaps, settings({ colour: 'red', size: '1' }));
  await fleet.admin.create(secrets, { metadata: { name: 'key', namespace: 'shop' }, data: { k: 'dg==' } });
  await dataEverywhere(fleet, { colour: 'red', size: '1' });
  for (const { admin } of fleet.members) await expect.poll(() => find(admin, secrets, 'key'), soon).toBeDefined();

  const patch = { data: { size: null, colour: 'blue' }, metadata: { labels: { tier: 'web' } } };
  await fleet.admin.patch(configMaps, key, { type: 'merge', patch });
  await dataEverywhere(fleet, { colour: 'blue' });

  const [drifting, other] = fleet.members;
  const before = await other!.admin.get(configMaps, key);
  await drifting!.admin.patch(configMaps, key, { type: 'merge', patch: { data: { colour: 'mine', more: '1' } } });
  await dataEverywhere(fleet, { colour: 'blue' });
  await drifting!.admin.delete(configMaps, key);
  await dataEverywhere(fleet, { colour: 'blue' });
  expect((await other!.admin.get(configMaps, key)).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  await expect
    .poll(async () => (await reasons(fleet.admin, 'settings')).join('\n'), soon)
    .toMatch(/^CreateInCluster: Creating configmap "shop\/settings" in clusters? .*gce-asia-east1/m);
});

it('never sends the credentials of members anywhere', async () => {
  await using fleet = await started();
  await fleet.admin.create(secrets, { metadata: { name: 'asia', namespace: 'federation-system' }, data: {} });
  await fleet.admin.create(secrets, { metadata: { name: 'mine', namespace: 'shop' }, data: {} });
  for (const { admin } of fleet.members) {
    await expect
      .poll(async () => (await admin.list(secrets)).items.map((s) => s.metadata.name), soon)
      .toEqual(['mine']);
    expect(await find(admin, namespaces, 'federation-system')).toBeUndefined();
  }
});

it('leaves alone what it did not make, until it is asked to take it over', async () => {
  await using fleet = await startTestFederation(two);
  const [first] = fleet.members;
  await first!.admin.create(namespaces, { metadata: { name: 'shop' } });
  await first!.admin.create(configMaps, settings({ colour: 'theirs' }));
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  await fleet.admin.create(configMaps, settings({ colour: 'ours' }));
  await vi.waitFor(async () => {
    expect(await reasons(fleet.admin, 'settings')).toContainEqual(
      expect.stringMatching(/^AdoptionRequired: configmap "shop\/settings" exists in cluster gce-asia-east1/),
    );
    expect((await find(fleet.members[1]!.admin, configMaps, 'settings'))?.data).toEqual({ colour: 'ours' });
  }, soon);
  expect((await find(first!.admin, configMaps, 'settings'))?.data).toEqual({ colour: 'theirs' });

  const patch = { metadata: { annotations: { 'federation.koinon.dev/adopt': 'true' } } };
  await fleet.admin.patch(configMaps, key, { type: 'merge', patch });
  await dataEverywhere(fleet, { colour: 'ours' });

  await fleet.admin.delete(namespaces, { name: 'shop' }, { propagationPolicy: 'Background' });
  const { admin } = fleet.members[1]!;
  await expect
    .poll(async () => (await find(admin, namespaces, 'shop'))?.metadata.deletionTimestamp, soon)
    .toBeDefined();
  const emptied = { ...(await admin.get(namespaces, { name: 'shop' })), spec: { finalizers: [] } };
  await admin.update(namespaces, emptied, { subresource: 'finalize' });
  await expect.poll(async () => find(fleet.admin, namespaces, 'shop'), soon).toBeUndefined();
  for (const member of fleet.members) expect(await find(member.admin, configMaps, 'settings')).toBeUndefined();
  expect((await find(first!.admin, namespaces, 'shop'))?.metadata.deletionTimestamp).toBeUndefined();
});

it.each([
  ['no policy', {}, true],
  ['Orphan', { propagationPolicy: 'Orphan' as const }, true],
  ['Background', { propagationPolicy: 'Background' as const }, false],
  ['Foreground', { propagationPolicy: 'Foreground' as const }, false],
])('deletes with %s', async (_name, options, stays) => {
  await using fleet = await started();
  await fleet.admin.create(configMaps, settings({ a: '1' }));
  await dataEverywhere(fleet, { a: '1' });
  expect((await fleet.admin.get(configMaps, key)).metadata.finalizers).toEqual([
    'federation.kubernetes.io/delete-from-underlying-clusters',
    'orphan',
  ]);
  await fleet.admin.delete(configMaps, key, options);
  await expect.poll(async () => find(fleet.admin, configMaps, 'settings'), soon).toBeUndefined();
  for (const { admin } of fleet.members) expect((await find(admin, configMaps, 'settings')) !== undefined).toBe(stays);
});

it('remembers a deletion for a member out of sight, and completes it when it is back', async () => {
  await using fleet = await started();
  await fleet.admin.create(configMaps, settings({ a: '1' }));
  await dataEverywhere(fleet, { a: '1' });
  const [dark, seen] = fleet.members;
  dark!.line.set('refused');
  await fleet.admin.delete(configMaps, key, { propagationPolicy: 'Background' });
  await expect.poll(async () => find(seen!.admin, configMaps, 'settings'), soon).toBeUndefined();
  await vi.waitFor(async () => {
    expect(await reasons(fleet.admin, 'settings')).toContainEqual(
      expect.stringMatching(/^WaitingForClusters: Deletion waits for gce-asia-east1/),
    );
  }, soon);
  expect(await find(fleet.admin, configMaps, 'settings')).toBeDefined();

  dark!.line.set('up');
  await expect.poll(async () => find(fleet.admin, configMaps, 'settings'), soon).toBeUndefined();
  expect(await find(dark!.admin, configMaps, 'settings')).toBeUndefined();
});

it('ends a deletion that waits for a member when that leaves the federation', async () => {
  await using fleet = await started();
  await fleet.admin.create(configMaps, settings({ a: '1' }));
  await dataEverywhere(fleet, { a: '1' });
  fleet.members[0]!.line.set('silent');
  await fleet.admin.delete(configMaps, key, { propagationPolicy: 'Background' });
  await expect.poll(async () => find(fleet.members[1]!.admin, configMaps, 'settings'), soon).toBeUndefined();
  expect(await find(fleet.admin, configMaps, 'settings')).toBeDefined();
  await fleet.admin.delete(clusters, { name: fleet.members[0]!.name });
  await expect.poll(async () => find(fleet.admin, configMaps, 'settings'), soon).toBeUndefined();
});

it('keeps nobody waiting for a member that hangs', async () => {
  await using fleet = await started({ names: ['gce-asia-east1', 'gce-europe-west1', 'gce-us-east1'] });
  fleet.members[0]!.line.set('silent');
  const begun = performance.now();
  for (let index = 0; index < 50; index++) {
    await fleet.admin.create(configMaps, { metadata: { name: `c-${index}`, namespace: 'shop' }, data: {} });
  }
  for (const { admin } of fleet.members.slice(1)) {
    await expect.poll(async () => (await admin.list(configMaps)).items.length, soon).toBe(50);
  }
  expect(performance.now() - begun).toBeLessThan(2_000);
  expect((await fleet.members[0]!.admin.list(configMaps)).items).toEqual([]);
  fleet.members[0]!.line.set('up');
  await expect.poll(async () => (await fleet.members[0]!.admin.list(configMaps)).items.length, soon).toBe(50);
});

it('sends everything to a member that joins', async () => {
  await using fleet = await started({ names: ['gce-asia-east1'], later: ['gce-us-east1'] });
  await fleet.admin.create(configMaps, settings({ a: '1' }));
  await fleet.admin.create(services, nginx('shop'));
  await fleet.join('gce-us-east1');
  await dataEverywhere(fleet, { a: '1' });
  const { admin } = fleet.member('gce-us-east1');
  await expect.poll(async () => find(admin, services, 'nginx'), soon).toBeDefined();
});

it('goes where the cluster selector says, as labels change', async () => {
  await using fleet = await started();
  const selector = '[{"key":"tier","operator":"=","values":["gold"]}]';
  const annotations = { 'federation.alpha.kubernetes.io/cluster-selector': selector };
  await fleet.admin.create(configMaps, settings({ a: '1' }, annotations));
  const label = async (name: string, tier: string) =>
    fleet.admin.patch(clusters, { name }, { type: 'merge', patch: { metadata: { labels: { tier } } } });
  const [first, second] = fleet.members;
  await label(first!.name, 'gold');
  await expect.poll(async () => find(first!.admin, configMaps, 'settings'), soon).toBeDefined();
  expect(await find(second!.admin, configMaps, 'settings')).toBeUndefined();
  await label(second!.name, 'gold');
  await label(first!.name, 'silver');
  await expect.poll(async () => find(second!.admin, configMaps, 'settings'), soon).toBeDefined();
  await expect.poll(async () => find(first!.admin, configMaps, 'settings'), soon).toBeUndefined();

  const nonsense = { 'federation.alpha.kubernetes.io/cluster-selector': 'nonsense' };
  const refused = fleet.admin.patch(configMaps, key, { type: 'merge', patch: { metadata: { annotations: nonsense } } });
  await expect(refused).rejects.toThrow(/metadata\.annotations\[federation\.alpha\.kubernetes\.io\/cluster-selector\]/);
  await storeAnnotations(fleet, 'configmaps', 'settings', nonsense);
  await fleet.admin.patch(configMaps, key, { type: 'merge', patch: { data: { a: '2' } } });
  await vi.waitFor(async () => {
    expect(await reasons(fleet.admin, 'settings')).toContainEqual(expect.stringMatching(/^InvalidClusterSelector/));
  }, soon);
  expect((await find(second!.admin, configMaps, 'settings'))?.data).toEqual({ a: '1' });
});

const web = (replicas: number, preferences?: string): Omit<Deployment, 'apiVersion' | 'kind'> => ({
  metadata: {
    name: 'web',
    namespace: 'shop',
    ...(preferences === undefined
      ? {}
      : { annotations: { 'federation.kubernetes.io/deployment-preferences': preferences } }),
  },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
  },
});
const replicas = async (fleet: TestFederation) =>
  Promise.all(fleet.members.map(async ({ admin }) => (await find(admin, deployments, 'web'))?.spec?.replicas));

it('divides replicas, leaves them when the preferences cannot be read, and adds up what the members report', async () => {
  await using fleet = await started();
  const weights = '{"rebalance":true,"clusters":{"gce-asia-east1":{"weight":2},"gce-us-east1":{"weight":1}}}';
  await fleet.admin.create(deployments, web(9, weights));
  await expect.poll(() => replicas(fleet), soon).toEqual([6, 3]);

  for (const { admin } of fleet.members) {
    const copy = await admin.get(deployments, { namespace: 'shop', name: 'web' });
    const count = copy.spec?.replicas ?? 0;
    const status = {
      observedGeneration: copy.metadata.generation ?? 0,
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
      conditions: [{ type: 'Available', status: 'True' }],
    };
    await admin.updateStatus(deployments, { ...copy, status });
  }
  await vi.waitFor(async () => {
    const { status, metadata } = await fleet.admin.get(deployments, { namespace: 'shop', name: 'web' });
    expect(status).toMatchObject({ replicas: 9, readyReplicas: 9, availableReplicas: 9, updatedReplicas: 9 });
    expect(status?.observedGeneration).toBe(metadata.generation);
    expect(status?.conditions?.find(({ type }) => type === 'Available')?.status).toBe('True');
  }, soon);

  const spoilt = { 'federation.kubernetes.io/deployment-preferences': '{' };
  const webKey = { namespace: 'shop', name: 'web' };
  const refused = fleet.admin.patch(deployments, webKey, {
    type: 'merge',
    patch: { metadata: { annotations: spoilt } },
  });
  await expect(refused).rejects.toMatchObject({ code: 422 });
  await storeAnnotations(fleet, 'apps/deployments', 'web', spoilt);
  await fleet.admin.patch(deployments, webKey, { type: 'merge', patch: { spec: { replicas: 30 } } });
  await vi.waitFor(async () => {
    expect(await reasons(fleet.admin, 'web')).toContainEqual(expect.stringMatching(/^InvalidPreferences/));
  }, soon);
  expect(await replicas(fleet)).toEqual([6, 3]);
});

it('keeps what a member decided about its shard when the Service changes', async () => {
  await using fleet = await started();
  await fleet.admin.create(services, nginx('shop'));
  const { admin } = fleet.members[0]!;
  await expect.poll(async () => find(admin, services, 'nginx'), soon).toBeDefined();
  const shard = await admin.get(services, { namespace: 'shop', name: 'nginx' });
  const ports = shard.spec?.ports?.map((port) => ({ ...port, nodePort: 30_080 })) ?? [];
  await admin.update(services, {
    ...shard,
    spec: { ...shard.spec, clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'], ports },
  });

  const patch = {
    spec: {
      ports: [
        { name: 'metrics', port: 9000, protocol: 'TCP' },
        { name: 'http', port: 80, protocol: 'TCP' },
      ],
    },
  };
  await fleet.admin.patch(services, { namespace: 'shop', name: 'nginx' }, { type: 'merge', patch });
  await vi.waitFor(async () => {
    const { spec } = await admin.get(services, { namespace: 'shop', name: 'nginx' });
    expect(spec?.ports?.map(({ name, nodePort }) => [name, nodePort])).toEqual([
      ['metrics', undefined],
      ['http', 30_080],
    ]);
    expect(spec?.clusterIP).toBe('10.96.0.7');
  }, soon);
});
