import { expect, it } from 'vitest';
import {
  clusterPlacementPolicies,
  clusters,
  placementPolicies,
  type Placement,
} from '../../../federation/apis/index.ts';
import { configMaps, deployments, events, pods } from '../../../src/apis/index.ts';

import {
  soon,
  EU,
  ASIA,
  US,
  three,
  PLACEMENT,
  started,
  find,
  holders,
  replicas,
  merging,
  web,
  forSettings,
  settings,
  inRegion,
  record,
  place,
  becomeReady,
} from './placement-world.ts';

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
