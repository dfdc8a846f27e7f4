import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  V1ConfigMap,
  V1Deployment,
  V1DeploymentStatus,
  V1ObjectMeta,
  V1Scale,
  V1ScaleSpec,
  Watch,
} from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { configMaps, deployments, namespaces, pods } from '../../src/apis/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { kubeconfigOf } from '../harness/kubectl.ts';

/** The client's models are classes whose instances are filled afterwards. */
const filled = <T extends object>(model: T, ...fields: readonly Partial<T>[]): T =>
  Object.assign(model, ...fields) as T;
const named = (name: string) => filled(new V1ObjectMeta(), { name });

async function start() {
  const api = await startTestApiServer({ listen: true, resources: [configMaps, deployments, namespaces, pods] });
  const config = new KubeConfig();
  config.loadFromString(JSON.stringify(kubeconfigOf(api)));
  return { api, config, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() };
}

const namespace = 'default';

it('serves the objects of the JavaScript client', async () => {
  await using server = await start();
  const core = server.config.makeApiClient(CoreV1Api);
  const created = await core.createNamespacedConfigMap({
    namespace,
    body: filled(new V1ConfigMap(), { metadata: named('a'), data: { x: '1' } }),
  });
  expect(created.metadata?.creationTimestamp).toBeInstanceOf(Date);
  const patched = await core.patchNamespacedConfigMap(
    { namespace, name: 'a', body: [{ op: 'add', path: '/data/y', value: '2' }] },
    setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
  );
  expect(patched.data).toEqual({ x: '1', y: '2' });
  const replaced = await core.replaceNamespacedConfigMap({
    namespace,
    name: 'a',
    body: filled(new V1ConfigMap(), patched, { data: { z: '3' } }),
  });
  expect(replaced.data).toEqual({ z: '3' });
  expect((await core.listNamespacedConfigMap({ namespace, limit: 1 })).items).toHaveLength(1);
  await core.deleteNamespacedConfigMap({ namespace, name: 'a' });
  await expect(core.readNamespacedConfigMap({ namespace, name: 'a' })).rejects.toMatchObject({ code: 404 });
});

it('scales and reports through subresources', async () => {
  await using server = await start();
  const apps = server.config.makeApiClient(AppsV1Api);
  const deployment: unknown = {
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
    },
  };
  // @NOTE the client sends the fields of a model, be it an instance or not.
  await apps.createNamespacedDeployment({ namespace, body: deployment as V1Deployment });
  const scale = await apps.readNamespacedDeploymentScale({ namespace, name: 'web' });
  await apps.replaceNamespacedDeploymentScale({
    namespace,
    name: 'web',
    body: filled(new V1Scale(), scale, { spec: filled(new V1ScaleSpec(), { replicas: 4 }) }),
  });
  const scaled = await apps.readNamespacedDeployment({ namespace, name: 'web' });
  expect(scaled.spec?.replicas).toBe(4);
  const reported = await apps.replaceNamespacedDeploymentStatus({
    namespace,
    name: 'web',
    body: filled(new V1Deployment(), scaled, {
      status: filled(new V1DeploymentStatus(), { replicas: 4, observedGeneration: 2 }),
    }),
  });
  expect(reported).toMatchObject({ status: { replicas: 4 }, metadata: { generation: 2 } });
});

it('keeps an informer and a watch of the JavaScript client up to date', async () => {
  await using server = await start();
  const core = server.config.makeApiClient(CoreV1Api);
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const informer = makeInformer(server.config, path, () => core.listNamespacedConfigMap({ namespace }));
  await informer.start();
  const seen: string[] = [];
  const controller = await new Watch(server.config).watch(
    path,
    {},
    (phase: string) => seen.push(phase),
    () => undefined,
  );
  await core.createNamespacedConfigMap({ namespace, body: filled(new V1ConfigMap(), { metadata: named('a') }) });
  await expect.poll(() => informer.get('a', namespace)?.metadata?.name).toBe('a');
  await core.deleteNamespacedConfigMap({ namespace, name: 'a' });
  await expect.poll(() => informer.get('a', namespace)).toBeUndefined();
  await expect.poll(() => seen).toEqual(['ADDED', 'DELETED']);
  controller.abort();
  await informer.stop();
});
