import { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { isConflict, isNotFound, type JsonObject, type KubeObject } from '../../src/apimachinery/index.ts';
import { configMaps, customResourceDefinitions, deployments, namespaces, otherVersion } from '../../src/apis/index.ts';
import { FakeClock } from '../../src/component-base/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { startCustomResourceServer } from '../harness/custom-resources.ts';
import { crontabDefinition, crontabs } from '../harness/definitions.ts';
import { kubeconfigOf } from '../harness/kubectl.ts';

const key = { namespace: 'default', name: 'a' };
const config = (data: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a' },
  data,
});
const apply = { type: 'apply' } as const;
const managersIn = (text: string) => {
  const { metadata } = JSON.parse(text) as KubeObject;
  return (metadata.managedFields ?? []).map(({ manager, operation, apiVersion }) => [manager, operation, apiVersion]);
};

it('serves the JavaScript client', async () => {
  await using api = await startTestApiServer({ listen: true, resources: [configMaps, namespaces] });
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromString(JSON.stringify(kubeconfigOf(api)));
  const core = kubeconfig.makeApiClient(CoreV1Api);
  const send = (body: object, force?: boolean) =>
    core.patchNamespacedConfigMap(
      { ...key, body, fieldManager: 'js', ...(force === undefined ? {} : { force }) },
      setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
    );
  const created = await send(config({ x: '1' }));
  expect(created.metadata?.managedFields).toMatchObject([
    { manager: 'js', operation: 'Apply', fieldsV1: { 'f:data': { 'f:x': {} } } },
  ]);
  await api.admin.patch(configMaps, key, { type: 'merge', patch: { data: { x: '2' } } });
  await expect(send(config({ x: '1' }))).rejects.toThrow('using v1: .data.x');
  expect((await send(config({ x: '1' }), true)).data).toEqual({ x: '1' });
  const read = await core.readNamespacedConfigMap(key);
  const kept = await core.replaceNamespacedConfigMap({
    ...key,
    body: Object.assign(read, { data: { x: '1', y: '1' } }),
  });
  expect(kept.metadata?.managedFields?.map(({ operation }) => operation)).toEqual(['Apply', 'Update']);
});

it('keeps who owns what through deletion with finalizers, and hides it from who works in the process', async () => {
  await using api = await startTestApiServer({ resources: [configMaps, namespaces] });
  const finalizers = ['example.com/wait'];
  await api.admin.create(configMaps, { metadata: { ...key, finalizers }, data: { x: '1' } });
  const gone = await api.admin.delete(configMaps, key);
  expect(gone.metadata).not.toHaveProperty('managedFields');
  const path = '/api/v1/namespaces/default/configmaps/a';
  expect(managersIn(await api.admin.raw(path))).toEqual([['kubernetes-admin', 'Update', 'v1']]);
  const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
  expect(managersIn(await api.admin.raw(path, { accept }))).toEqual([['kubernetes-admin', 'Update', 'v1']]);
});

it('forgets all owners on demand, and begins again with the next apply', async () => {
  await using api = await startTestApiServer({ resources: [configMaps, namespaces] });
  await api.admin.create(configMaps, { metadata: key, data: { x: '1' } });
  await api.admin.patch(configMaps, key, { type: 'merge', patch: { metadata: { managedFields: [{}] } } });
  const path = '/api/v1/namespaces/default/configmaps/a';
  expect(managersIn(await api.admin.raw(path))).toEqual([]);
  await api.admin.patch(configMaps, key, { ...apply, patch: config({ y: '1' }) }, { fieldManager: 'me' });
  expect(managersIn(await api.admin.raw(path))).toEqual([
    ['me', 'Apply', 'v1'],
    ['before-first-apply', 'Update', 'v1'],
  ]);
});

it('makes no new version when several apply again what they applied before', async () => {
  const clock = new FakeClock();
  await using api = await startTestApiServer({ resources: [configMaps, namespaces], clock });
  const send = async (fieldManager: string, data: Readonly<Record<string, string>>) => {
    await clock.advance(5_000);
    return api.admin.patch(configMaps, key, { ...apply, patch: config(data) }, { fieldManager });
  };
  await send('first', { x: '1' });
  const { metadata } = await send('second', { y: '2' });
  expect((await send('first', { x: '1' })).metadata.resourceVersion).toBe(metadata.resourceVersion);
  expect((await send('second', { y: '2' })).metadata.resourceVersion).toBe(metadata.resourceVersion);
});

it('refuses what makes no sense', async () => {
  await using api = await startTestApiServer({ resources: [configMaps, namespaces] });
  const send = (patch: JsonObject) => api.admin.patch(configMaps, key, { ...apply, patch }, { fieldManager: 'me' });
  await expect(send({ ...config({}), metadata: { name: 'a', managedFields: [] } })).rejects.toThrow(
    'metadata.managedFields must be nil',
  );
  await expect(send({ ...config({}), apiVersion: 'v2' })).rejects.toThrow(
    'Incorrect version specified in apply patch. Specified patch version: v2, expected: v1',
  );
  await expect(send({ ...config({}), metadata: { name: 'a', uid: 'u' } })).rejects.toSatisfy(isConflict);
  await expect(send({ ...config({}), metadata: { name: 'b' } })).rejects.toThrow('does not match the name on the URL');
  await expect(api.admin.get(configMaps, key)).rejects.toSatisfy(isNotFound);
});

it('merges custom resources by their schema', async () => {
  await using api = await startCustomResourceServer();
  await api.admin.create(customResourceDefinitions, crontabDefinition());
  const send = (spec: JsonObject, fieldManager: string, force = false) => {
    const patch = {
      apiVersion: 'stable.example.com/v1',
      kind: 'CronTab',
      metadata: { name: 'a' },
      spec: { cronSpec: '* * * * */5', ...spec },
    };
    return api.admin.patch(crontabs, key, { ...apply, patch, force }, { fieldManager });
  };
  await expect.poll(() => send({ image: 'one' }, 'me')).toMatchObject({ spec: { image: 'one', replicas: 1 } });
  await expect(send({ image: 'two' }, 'other')).rejects.toThrow('conflict with "me": .spec.image');
  await send({ image: 'two' }, 'other', true);
  expect(await api.admin.get(crontabs, key)).toMatchObject({ spec: { image: 'two' } });
  await expect(send({ unknown: 1 }, 'me')).rejects.toThrow(
    'failed to create typed patch object (default/a; stable.example.com/v1, Kind=CronTab): .spec.unknown: field not declared in schema',
  );
});

const oldDeployments = otherVersion(
  deployments,
  {
    group: 'extensions',
    version: 'v1beta1',
    kind: 'Deployment',
    schema: 'k8s.io/api/apps/v1.Deployment',
  },
  {
    fromStored: (object) => ({ ...object, apiVersion: 'extensions/v1beta1' }),
    toStored: (object) => ({ ...object, apiVersion: 'apps/v1' }),
  },
);

it('applies in another version than the stored one', async () => {
  await using api = await startTestApiServer({ resources: [deployments, oldDeployments, namespaces] });
  const web = (replicas: number, apiVersion: string) => ({
    apiVersion,
    kind: 'Deployment',
    metadata: { name: 'a' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
    },
  });
  const old = (replicas: number, force = false) =>
    api.admin.patch(
      oldDeployments,
      key,
      { ...apply, patch: web(replicas, 'extensions/v1beta1'), force },
      { fieldManager: 'old' },
    );
  expect(await old(1)).toMatchObject({ apiVersion: 'extensions/v1beta1', spec: { replicas: 1 } });
  const patch = web(2, 'apps/v1');
  await expect(api.admin.patch(deployments, key, { ...apply, patch }, { fieldManager: 'new' })).rejects.toThrow(
    'conflict with "old": .spec.replicas',
  );
  await api.admin.patch(deployments, key, { ...apply, patch, force: true }, { fieldManager: 'new' });
  await expect(old(1)).rejects.toThrow('conflict with "new": .spec.replicas');
  await api.admin.patch(oldDeployments, key, { type: 'merge', patch: { metadata: { labels: { a: 'b' } } } });
  const path = '/namespaces/default/deployments/a';
  const managers = managersIn(await api.admin.raw(`/apis/apps/v1${path}`));
  expect(managers).toHaveLength(3);
  expect(managers).toEqual(
    expect.arrayContaining([
      ['new', 'Apply', 'apps/v1'],
      ['old', 'Apply', 'extensions/v1beta1'],
      ['kubernetes-admin', 'Update', 'extensions/v1beta1'],
    ]),
  );
  expect(managersIn(await api.admin.raw(`/apis/extensions/v1beta1${path}`))).toEqual(managers);
});

it.each([
  ['apply', apply, 'configmaps "a" is forbidden: User "reader" cannot create resource "configmaps"'],
  ['merge', { type: 'merge' }, 'configmaps "a" not found'],
] as const)('creates nothing for who may only change, by %s', async (_name, type, refusal) => {
  await using api = await startTestApiServer({
    resources: [configMaps, namespaces],
    authorizer:
      () =>
      async ({ user, verb }) => ({ allowed: user.username !== 'reader' || verb === 'patch' }),
  });
  const reader = api.client({ username: 'reader', groups: [] });
  await expect(
    reader.patch(configMaps, key, { ...type, patch: config({ x: '1' }) }, { fieldManager: 'me' }),
  ).rejects.toThrow(refusal);
  await api.admin.create(configMaps, { metadata: key });
  const changed = await reader.patch(configMaps, key, { ...type, patch: config({ x: '1' }) }, { fieldManager: 'me' });
  expect(changed.data).toEqual({ x: '1' });
});
