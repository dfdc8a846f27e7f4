import { expect, it } from 'vitest';
import {
  clusterOverridePolicies,
  clusterPlacementPolicies,
  clusters,
  isReady,
  overridePolicies,
  placementPolicies,
  type Cluster,
  type Overriders,
  type Placement,
} from '../../../federation/apis/index.ts';
import type { JsonValue, KubeObject, Resource } from '../../../src/apimachinery/index.ts';
import {
  configMaps,
  deployments,
  events,
  namespaces,
  pods,
  secrets,
  type Deployment,
} from '../../../src/apis/index.ts';
import type { Client, Patch } from '../../../src/client/index.ts';
import { startTestFederation, type TestFederation } from './fixture.ts';

const soon = { timeout: 10_000, interval: 20 };
const EU = 'gce-europe-west1';
const ASIA = 'gce-asia-east1';
const US = 'gce-us-east1';
const three = { names: [ASIA, EU, US] };
const PLACEMENT = 'federation.koinon.dev/placement';

async function started(options: Parameters<typeof startTestFederation>[0] = three): Promise<TestFederation> {
  const fleet = await startTestFederation(options);
  const isKnown = (cluster: Cluster) => isReady(cluster) && cluster.status?.region !== undefined;
  await expect.poll(async () => (await fleet.admin.list(clusters)).items.filter(isKnown).length, soon).toBe(3);
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  return fleet;
}

async function find<T extends KubeObject>(client: Client, resource: Resource<T>, name: string): Promise<T | undefined> {
  return (await client.list(resource, { namespace: 'shop' })).items.find(({ metadata }) => metadata.name === name);
}

/** Names of members that have it. */
async function holders(fleet: TestFederation, resource: Resource, name: string): Promise<readonly string[]> {
  const found = await Promise.all(
    fleet.members.map(async (member) =>
      (await find(member.admin, resource, name)) === undefined ? [] : [member.name],
    ),
  );
  return found.flat().sort();
}

async function replicas(fleet: TestFederation, name = 'web'): Promise<Readonly<Record<string, number>>> {
  const found = await Promise.all(
    fleet.members.map(async (member) => {
      const copy = await find(member.admin, deployments, name);
      return copy === undefined ? [] : [[member.name, copy.spec?.replicas ?? 1] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** A merge patch. */
function merging(patch: object): Patch {
  // @NOTE what is written in these tests is JSON.
  return { type: 'merge', patch: patch as JsonValue };
}

const template = (image = 'nginx:1.25') => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image }] },
});
const web = (count: number, annotations: Record<string, string> = {}) => ({
  metadata: { name: 'web', namespace: 'shop', annotations },
  spec: { replicas: count, selector: { matchLabels: { app: 'web' } }, template: template() },
});
const forDeployments = [{ apiVersion: 'apps/v1', kind: 'Deployment' }];
const forSettings = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'settings' }];
const settings = { metadata: { name: 'settings', namespace: 'shop' }, data: { colour: 'red' } };
const inRegion = (...values: readonly string[]): Placement => ({
  clusterAffinity: { fieldSelector: { matchExpressions: [{ key: 'region', operator: 'In', values }] } },
});

async function record(fleet: TestFederation, resource: Resource, name: string): Promise<unknown> {
  const text = (await find(fleet.admin, resource, name))?.metadata.annotations?.[PLACEMENT];
  return text === undefined ? undefined : JSON.parse(text);
}

async function place(fleet: TestFederation, placement: Placement, more: object = {}): Promise<void> {
  await fleet.admin.create(placementPolicies, {
    metadata: { name: 'web', namespace: 'shop' },
    spec: { resourceSelectors: forDeployments, placement, ...more },
  });
}

/** What the controllers of a member would do: everything asked for is ready. */
async function becomeReady({ admin }: TestFederation['members'][number], name = 'web'): Promise<void> {
  const copy = await admin.get(deployments, { namespace: 'shop', name });
  const count = copy.spec?.replicas ?? 1;
  const status: Deployment['status'] = { replicas: count, readyReplicas: count, availableReplicas: count };
  await admin.updateStatus(deployments, { ...copy, status });
}

it('places by policies, says why, and follows when they change', async () => {
  await using fleet = await started();
  const { admin } = fleet;
  const policy = await admin.create(clusterPlacementPolicies, {
    metadata: { name: 'settings' },
    spec: { resourceSelectors: forSettings, placement: inRegion('europe-west1', 'us-east1') },
  });
  await admin.create(configMaps, settings);
  await admin.create(configMaps, { ...settings, metadata: { ...settings.metadata, name: 'others' } });
  await expect.poll(() => holders(fleet, configMaps, 'settings'), soon).toEqual([EU, US]);
  await expect.poll(() => holders(fleet, configMaps, 'others'), soon).toEqual([ASIA, EU, US]);
  expect(await record(fleet, configMaps, 'settings')).toEqual({
    policy: 'ClusterPlacementPolicy settings',
    clusters: { [EU]: true, [US]: true },
    excluded: { 'is not of the region asked for': [ASIA] },
  });
  expect(await record(fleet, configMaps, 'others')).toBeUndefined();
  expect(
    (await find(fleet.member(EU).admin, configMaps, 'settings'))?.metadata.annotations?.[PLACEMENT],
  ).toBeUndefined();
  await expect
    .poll(async () => (await admin.get(clusterPlacementPolicies, { name: 'settings' })).status, soon)
    .toEqual({ observedGeneration: 1, objects: 1 });

  const own = {
    metadata: { name: 'own', namespace: 'shop' },
    spec: { resourceSelectors: forSettings, placement: inRegion('asia-east1') },
  };
  await admin.create(placementPolicies, own);
  await expect.poll(() => holders(fleet, configMaps, 'settings'), soon).toEqual([ASIA]);
  await admin.delete(placementPolicies, { namespace: 'shop', name: 'own' });
  await expect.poll(() => holders(fleet, configMaps, 'settings'), soon).toEqual([EU, US]);
  await admin.update(clusterPlacementPolicies, {
    ...(await admin.get(clusterPlacementPolicies, { name: 'settings' })),
    spec: { ...policy.spec, resourceSelectors: forSettings, placement: inRegion('nowhere') },
  });
  await expect
    .poll(() => record(fleet, configMaps, 'settings'), soon)
    .toMatchObject({ problem: 'no cluster is eligible', clusters: { [EU]: true, [US]: true } });
  expect(await holders(fleet, configMaps, 'settings')).toEqual([EU, US]);
  await expect
    .poll(async () => (await admin.get(clusterPlacementPolicies, { name: 'settings' })).status, soon)
    .toMatchObject({ objects: 1, unplaced: 1 });
  await admin.delete(clusterPlacementPolicies, { name: 'settings' });
  await expect.poll(() => holders(fleet, configMaps, 'settings'), soon).toEqual([ASIA, EU, US]);
  await expect.poll(() => record(fleet, configMaps, 'settings'), soon).toBeUndefined();
  const told = (await admin.list(events, { namespace: 'shop' })).items.map(
    ({ reason, message }) => `${reason ?? ''}: ${message ?? ''}`,
  );
  expect(told).toContain(`Placed: Placed in ${ASIA} by PlacementPolicy shop/own`);
  expect(told).toContain('PlacementUnsatisfied: Not placed as asked: no cluster is eligible');
});

it('keeps cordoned and tainted clusters as they are, and leaves those that evict', async () => {
  await using fleet = await started();
  const { admin } = fleet;
  const change = (name: string, spec: object) => admin.patch(clusters, { name }, merging({ spec }));
  await admin.create(configMaps, settings);
  await expect.poll(() => holders(fleet, configMaps, 'settings'), soon).toEqual([ASIA, EU, US]);
  await change(ASIA, { unschedulable: true });
  await change(EU, { taints: [{ key: 'gpu', effect: 'NoSchedule' }] });
  await admin.create(configMaps, { ...settings, metadata: { ...settings.metadata, name: 'later' } });
  await expect.poll(() => holders(fleet, configMaps, 'later'), soon).toEqual([US]);
  expect(await record(fleet, configMaps, 'later')).toMatchObject({
    excluded: {
      'has the taint gpu:NoSchedule, which is not tolerated': [EU],
      'is cordoned: nothing new goes there': [ASIA],
    },
  });
  expect(await holders(fleet, configMaps, 'settings')).toEqual([ASIA, EU, US]);
  await change(EU, { taints: [{ key: 'gpu', effect: 'NoExecute' }] });
  await expect.poll(() => holders(fleet, configMaps, 'settings'), soon).toEqual([ASIA, US]);
  await change(ASIA, { unschedulable: false });
  await change(EU, { taints: [] });
  for (const name of ['settings', 'later']) {
    await expect.poll(() => holders(fleet, configMaps, name), soon).toEqual([ASIA, EU, US]);
  }
});

it('divides by weight, and moves no faster than new replicas become ready', async () => {
  await using fleet = await started();
  const weigh = (asia: number, eu: number): Placement => ({
    clusterAffinity: { clusterNames: [ASIA, EU] },
    replicaScheduling: {
      weightPreference: {
        staticWeightList: [
          { targetCluster: { clusterNames: [ASIA] }, weight: asia },
          { targetCluster: { clusterNames: [EU] }, weight: eu },
        ],
      },
      rebalance: { maxMoving: 2 },
    },
  });
  await place(fleet, weigh(3, 1));
  await fleet.admin.create(deployments, web(8));
  await expect.poll(() => replicas(fleet), soon).toEqual({ [ASIA]: 6, [EU]: 2 });
  for (const name of [ASIA, EU]) await becomeReady(fleet.member(name));

  await fleet.admin.patch(
    placementPolicies,
    { namespace: 'shop', name: 'web' },
    merging({ spec: { placement: weigh(1, 3) } }),
  );
  await expect.poll(() => replicas(fleet), soon).toEqual({ [ASIA]: 6, [EU]: 4 });
  await becomeReady(fleet.member(EU));
  await expect.poll(() => replicas(fleet), soon).toEqual({ [ASIA]: 4, [EU]: 6 });
  await becomeReady(fleet.member(ASIA));
  await becomeReady(fleet.member(EU));
  await expect.poll(() => replicas(fleet), soon).toEqual({ [ASIA]: 2, [EU]: 6 });
  expect(await record(fleet, deployments, 'web')).toMatchObject({ clusters: { [ASIA]: 2, [EU]: 6 } });
});

it('gives the original’s annotations the last word, and leaves a cluster only when others are ready', async () => {
  await using fleet = await started();
  await place(fleet, {
    clusterAffinity: { exclude: [US] },
    replicaScheduling: { replicaSchedulingType: 'Duplicated' },
  });
  const preferences = JSON.stringify({ clusters: { [ASIA]: { weight: 1 } } });
  await fleet.admin.create(deployments, web(4, { 'federation.kubernetes.io/deployment-preferences': preferences }));
  await expect.poll(() => replicas(fleet), soon).toEqual({ [ASIA]: 4, [EU]: 0 });
  await becomeReady(fleet.member(ASIA));

  const annotations = { 'federation.kubernetes.io/deployment-preferences': null };
  await fleet.admin.patch(
    deployments,
    { namespace: 'shop', name: 'web' },
    { type: 'merge', patch: { metadata: { annotations } } },
  );
  await expect.poll(() => replicas(fleet), soon).toEqual({ [ASIA]: 4, [EU]: 4 });

  const only = {
    clusterAffinity: { exclude: null, clusterNames: [EU] },
    replicaScheduling: { replicaSchedulingType: 'Divided' },
  };
  await fleet.admin.patch(
    placementPolicies,
    { namespace: 'shop', name: 'web' },
    { type: 'merge', patch: { spec: { placement: only } } },
  );
  await expect
    .poll(() => record(fleet, deployments, 'web'), soon)
    .toMatchObject({ excluded: { 'is left as soon as its replicas are ready elsewhere': [ASIA] } });
  expect(await replicas(fleet)).toEqual({ [ASIA]: 4, [EU]: 4 });
  await becomeReady(fleet.member(EU));
  await expect.poll(() => replicas(fleet), soon).toEqual({ [EU]: 4 });
});

it('makes copies differ by overrides, and sends nothing that is no good', async () => {
  await using fleet = await started();
  const override = (name: string, overriders: Overriders, clusterNames: readonly string[]) =>
    fleet.admin.create(overridePolicies, {
      metadata: { name, namespace: 'shop' },
      spec: { resourceSelectors: forDeployments, overrideRules: [{ targetCluster: { clusterNames }, overriders }] },
    });
  await fleet.admin.create(clusterOverridePolicies, {
    metadata: { name: 'mirror' },
    spec: {
      resourceSelectors: forDeployments,
      overrideRules: [
        { overriders: { imageOverrider: [{ component: 'Registry', operator: 'add', value: 'mirror.example.com' }] } },
      ],
    },
  });
  await override(
    'eu',
    {
      imageOverrider: [{ component: 'Tag', operator: 'replace', value: '1.29' }],
      labelsOverrider: [{ operator: 'add', value: { tier: 'eu' } }],
      replicas: 1,
    },
    [EU],
  );
  await fleet.admin.create(deployments, web(5));
  await expect.poll(() => replicas(fleet), soon).toEqual({ [ASIA]: 2, [EU]: 1, [US]: 2 });
  const look = async (name: string) => {
    const copy = await find(fleet.member(name).admin, deployments, 'web');
    return [copy?.spec?.template.spec?.containers[0]?.image, copy?.metadata.labels?.['tier']];
  };
  expect(await look(ASIA)).toEqual(['mirror.example.com/nginx:1.25', undefined]);
  expect(await look(EU)).toEqual(['mirror.example.com/nginx:1.29', 'eu']);

  await override('bad', { plaintext: [{ path: '/spec/template/spec/containers/0/image', operator: 'remove' }] }, [US]);
  await expect
    .poll(() => record(fleet, deployments, 'web'), soon)
    .toMatchObject({
      overrideProblems: {
        'OverridePolicy shop/bad rule 1: spec.template.spec.containers[0].image: Required value': [US],
      },
    });
  await fleet.admin.patch(
    deployments,
    { namespace: 'shop', name: 'web' },
    { type: 'merge', patch: { spec: { template: template('nginx:2') } } },
  );
  await expect.poll(() => look(ASIA), soon).toEqual(['mirror.example.com/nginx:2', undefined]);
  await expect.poll(() => look(EU), soon).toEqual(['mirror.example.com/nginx:1.29', 'eu']);
  expect(await look(US)).toEqual(['mirror.example.com/nginx:1.25', undefined]);
  await expect
    .poll(async () => (await fleet.admin.get(overridePolicies, { namespace: 'shop', name: 'bad' })).status, soon)
    .toMatchObject({ objects: 1, failed: 1 });
  await fleet.admin.delete(overridePolicies, { namespace: 'shop', name: 'bad' });
  await fleet.admin.delete(overridePolicies, { namespace: 'shop', name: 'eu' });
  for (const name of [ASIA, EU, US]) {
    await expect.poll(() => look(name), soon).toEqual(['mirror.example.com/nginx:2', undefined]);
  }
});

it('takes along what a workload names, and stays so when the federation starts again', async () => {
  await using fleet = await started();
  const { admin } = fleet;
  await admin.create(configMaps, settings);
  await admin.create(secrets, { metadata: { name: 'key', namespace: 'shop' }, data: { k: 'dg==' } });
  await place(fleet, { clusterAffinity: { clusterNames: [EU] } }, { propagateDeps: true });
  const spec = {
    containers: [{ name: 'web', image: 'nginx', envFrom: [{ configMapRef: { name: 'settings' } }] }],
    volumes: [{ name: 'key', secret: { secretName: 'key' } }],
  };
  await admin.create(deployments, { ...web(1), spec: { ...web(1).spec, template: { ...template(), spec } } });
  for (const [resource, name] of [
    [deployments, 'web'],
    [configMaps, 'settings'],
    [secrets, 'key'],
  ] as const) {
    await expect.poll(() => holders(fleet, resource, name), soon).toEqual([EU]);
  }
  const before = await Promise.all(
    [deployments, configMaps].map(async (resource) => {
      const { items } = await fleet.member(EU).admin.list(resource, { namespace: 'shop' });
      return items.map(({ metadata }) => metadata.resourceVersion);
    }),
  );
  await fleet.restart();
  const names = { clusterNames: [EU, US] };
  await expect.poll(async () => (await fleet.admin.list(clusters)).items.filter(isReady).length, soon).toBe(3);
  await fleet.admin.patch(
    placementPolicies,
    { namespace: 'shop', name: 'web' },
    { type: 'merge', patch: { spec: { placement: { clusterAffinity: names } } } },
  );
  for (const [resource, name] of [
    [deployments, 'web'],
    [configMaps, 'settings'],
    [secrets, 'key'],
  ] as const) {
    await expect.poll(() => holders(fleet, resource, name), soon).toEqual([EU, US]);
  }
  const { items } = await fleet.member(EU).admin.list(configMaps, { namespace: 'shop' });
  expect(items.map(({ metadata }) => metadata.resourceVersion)).toEqual(before[1]);
});

it('moves replicas that find no room, also when a policy overflows from group to group', async () => {
  await using fleet = await started();
  await place(fleet, {
    clusterAffinities: [
      { affinityName: 'own', clusterNames: [EU] },
      { affinityName: 'cloud', clusterNames: [US] },
    ],
    replicaScheduling: { rebalance: { maxMoving: 4 } },
  });
  await fleet.admin.create(deployments, web(3));
  await expect.poll(() => replicas(fleet), soon).toEqual({ [EU]: 3 });
  expect(await record(fleet, deployments, 'web')).toMatchObject({
    excluded: { 'is not needed: the groups before it have room': [US] },
  });
  const { admin } = fleet.member(EU);
  for (const [index, isPending] of [false, true, true].entries()) {
    const metadata = { name: `web-${index}`, namespace: 'shop', labels: { app: 'web' } };
    const pod = await admin.create(pods, { metadata, spec: { containers: [{ name: 'web', image: 'nginx' }] } });
    const since = '2026-01-01T00:00:00Z';
    const conditions = isPending
      ? [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', lastTransitionTime: since }]
      : [{ type: 'Ready', status: 'True' }];
    await admin.updateStatus(pods, { ...pod, status: { phase: isPending ? 'Pending' : 'Running', conditions } });
  }
  const copy = await admin.get(deployments, { namespace: 'shop', name: 'web' });
  await admin.updateStatus(deployments, { ...copy, status: { replicas: 3, readyReplicas: 1 } });
  await expect.poll(() => replicas(fleet), soon).toEqual({ [EU]: 1, [US]: 2 });
});

it('has others take the part of a cluster that is lost, and gives it back when they may let it go', async () => {
  const quick = { refusedOfflineMs: 200, probeIntervalMs: 200, retryIntervalMs: 50, offlineIntervalMs: 100 };
  await using fleet = await started({ ...three, federation: { health: quick, sync: { replanAfterMs: 100 } } });
  const placement = { clusterAffinity: { exclude: [US] }, replicaScheduling: { rebalance: { maxMoving: 1 } } };
  await place(fleet, placement);
  await fleet.admin.create(deployments, web(4));
  await expect.poll(() => replicas(fleet), soon).toEqual({ [ASIA]: 2, [EU]: 2 });
  for (const name of [ASIA, EU]) await becomeReady(fleet.member(name));

  fleet.member(ASIA).line.set('refused');
  await expect.poll(() => replicas(fleet), soon).toEqual({ [ASIA]: 2, [EU]: 4 });
  await becomeReady(fleet.member(EU));
  fleet.member(ASIA).line.set('up');
  // Both replicas there are ready, so that as many may go elsewhere.
  await expect.poll(() => replicas(fleet), soon).toEqual({ [ASIA]: 2, [EU]: 2 });
});
