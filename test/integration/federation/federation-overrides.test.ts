import { expect, it } from 'vitest';
import {
  clusterOverridePolicies,
  clusters,
  isReady,
  overridePolicies,
  placementPolicies,
  type Overriders,
} from '../../../federation/apis/index.ts';
import { configMaps, deployments, secrets } from '../../../src/apis/index.ts';

import {
  soon,
  EU,
  ASIA,
  US,
  started,
  find,
  holders,
  replicas,
  template,
  web,
  forDeployments,
  settings,
  record,
  place,
} from './placement-world.ts';

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
