import { ApiException, AppsV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import type { KubeObject, Resource } from '../../src/apimachinery/index.ts';
import { customResourceDefinitions, deployments, namespaces, type Deployment } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { startCustomResourceServer } from '../harness/custom-resources.ts';
import { crontab, crontabDefinition, crontabs } from '../harness/definitions.ts';
import { kubeconfigOf } from '../harness/kubectl.ts';

const key = { namespace: 'default', name: 'web' };
const deployment = (replicas?: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    ...(replicas === undefined ? {} : { replicas }),
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
  },
});
const scale = (replicas: number, more = {}) => ({
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  metadata: { name: 'web' },
  spec: { replicas },
  ...more,
});

async function startServer() {
  const api = await startTestApiServer({ listen: true, resources: [deployments, namespaces] });
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromString(JSON.stringify(kubeconfigOf(api)));
  const apps = kubeconfig.makeApiClient(AppsV1Api);
  const asApply = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply);
  const apply = (body: object, fieldManager = 'gitops') =>
    apps.patchNamespacedDeployment({ ...key, body, fieldManager }, asApply);
  const applyScale = (body: object, { force = false, fieldManager = 'scaler' } = {}) =>
    apps.patchNamespacedDeploymentScale({ ...key, body, fieldManager, force }, asApply);
  return { ...api, apply, applyScale, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() };
}

/** Code and message of a refusal. */
async function refusalOf(request: Promise<unknown>): Promise<string> {
  const err: unknown = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(err instanceof ApiException)) throw new Error('it was not refused', { cause: err });
  // @NOTE refusals are Statuses.
  const { message } = JSON.parse(String(err.body)) as { message: string };
  return `${err.code} ${message}`;
}

const PATH = '/apis/apps/v1/namespaces/default/deployments/web';

/** Who owns the replicas, and through what. */
async function ownersOf(client: Client, path = PATH, field = 'f:replicas') {
  // @NOTE what is served there is an object.
  const { metadata } = JSON.parse(await client.raw(path)) as KubeObject;
  return (metadata.managedFields ?? []).flatMap(({ manager, operation, subresource = '', apiVersion, fieldsV1 }) =>
    JSON.stringify(fieldsV1).includes(`"${field}"`) ? [[manager, operation, subresource, apiVersion].join(' ')] : [],
  );
}

it('applies a scale on the server, and owns no more than the replicas', async () => {
  await using api = await startServer();
  await api.apply(deployment(2));
  expect(await refusalOf(api.applyScale(scale(3)))).toBe(
    '409 Apply failed with 1 conflict: conflict with "gitops": .spec.replicas',
  );
  const forced = await api.applyScale(scale(3), { force: true });
  expect(forced).toMatchObject({ kind: 'Scale', spec: { replicas: 3 }, status: { selector: 'app=web' } });
  expect(await ownersOf(api.admin)).toEqual(['scaler Apply scale apps/v1']);
  expect((await api.apply(deployment())).spec?.replicas).toBe(3);
  expect(await refusalOf(api.apply(deployment(2)))).toContain('conflict with "scaler" with subresource "scale": .spec');
  expect((await api.applyScale(scale(5))).spec?.replicas).toBe(5);
  expect(await ownersOf(api.admin)).toEqual(['scaler Apply scale apps/v1']);
});

it('shares the replicas with whoever wants as many, and knows who changed them', async () => {
  await using api = await startServer();
  await api.apply(deployment(2));
  await api.applyScale(scale(2));
  expect(await ownersOf(api.admin)).toEqual(['gitops Apply  apps/v1', 'scaler Apply scale apps/v1']);
  const four = { type: 'merge', patch: { spec: { replicas: 4 } } } as const;
  await api.admin.patch(deployments, key, four, { subresource: 'scale', fieldManager: 'hand' });
  expect(await ownersOf(api.admin)).toEqual(['hand Update scale apps/v1']);
  expect(await refusalOf(api.applyScale(scale(2)))).toContain(
    'conflict with "hand" with subresource "scale" using autoscaling/v1: .spec.replicas',
  );
});

it('refuses what is no configuration of a scale', async () => {
  await using api = await startServer();
  await api.apply(deployment(2));
  const refused = (body: object) => refusalOf(api.applyScale(body, { force: true }));
  expect(await refused(deployment(3))).toContain('400 Incorrect version specified in apply patch');
  expect(await refused(scale(3, { spec: { replicas: 3, max: 5 } }))).toContain('.spec.max: field not declared');
  expect(await refused(scale(-1))).toContain('422 Scale.autoscaling "web" is invalid: spec.replicas');
  expect(await refused(scale(3, { metadata: { name: 'web', resourceVersion: '1' } }))).toContain('409 ');
  expect(await refused(scale(3, { metadata: { name: 'other' } }))).toContain('400 ');
  const missing = { ...key, name: 'none' };
  const patch = scale(3, { metadata: { name: 'none' } });
  const options = { subresource: 'scale', fieldManager: 'x' };
  await expect(api.admin.patch(deployments, missing, { type: 'apply', patch }, options)).rejects.toThrow('not found');
  const { spec } = await api.admin.get<Deployment>(deployments, key);
  expect(spec?.replicas).toBe(2);
});

it('applies the scale of a custom resource, wherever its replicas stand', async () => {
  await using api = await startCustomResourceServer();
  await api.admin.create(customResourceDefinitions, crontabDefinition());
  await expect
    .poll(() =>
      api.admin.list(crontabs).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  const resource: Resource = crontabs;
  await api.admin.create(resource, crontab('web', { replicas: 2 }), { fieldManager: 'owner' });
  const patch = scale(3);
  const send = (force: boolean) =>
    api.admin.patch(resource, key, { type: 'apply', patch, force }, { subresource: 'scale', fieldManager: 'scaler' });
  await expect(send(false)).rejects.toThrow('conflict with "owner" using autoscaling/v1: .spec.replicas');
  expect(await send(true)).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } });
  const path = '/apis/stable.example.com/v1/namespaces/default/crontabs/web';
  expect(await ownersOf(api.admin, path)).toEqual(['scaler Apply scale stable.example.com/v1']);
  expect(await ownersOf(api.admin, path, 'f:cronSpec')).toEqual(['owner Update  stable.example.com/v1']);
});
