import {
  ApiException,
  AppsV1Api,
  CoordinationV1Api,
  CoreV1Api,
  Health,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  V1ConfigMap,
  V1Deployment,
  V1DeploymentStatus,
  V1Lease,
  V1LeaseSpec,
  V1MicroTime,
  V1ObjectMeta,
  V1Scale,
  V1ScaleSpec,
  Watch,
} from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { configMaps, deployments, leases, namespaces, pods } from '../../src/apis/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { kubeconfigOf } from '../harness/kubectl.ts';

/** The client's models are classes whose instances are filled afterwards. */
const filled = <T extends object>(model: T, ...fields: readonly Partial<T>[]): T =>
  Object.assign(model, ...fields) as T;
const named = (name: string) => filled(new V1ObjectMeta(), { name });

async function start() {
  const api = await startTestApiServer({
    listen: true,
    resources: [configMaps, deployments, leases, namespaces, pods],
  });
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

const leader = { namespace, name: 'leader' };
/** The client gives out texts, whatever its type says. */
const timeOf = (time: V1MicroTime | undefined) => new Date(String(time)).getTime();

/** False when somebody else was quicker. */
async function won(write: Promise<V1Lease>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (err) {
    if (err instanceof ApiException && err.code === 409) return false;
    throw err;
  }
}

async function heldLease(api: CoordinationV1Api): Promise<V1Lease | undefined> {
  const { items } = await api.listNamespacedLease({ namespace, fieldSelector: 'metadata.name=leader' });
  return items[0];
}

/** Takes the Lease, or keeps it, unless somebody else has it; client-go's leader election in short. */
async function lead(api: CoordinationV1Api, holderIdentity: string, now: Date): Promise<boolean> {
  const renewTime = new V1MicroTime(now);
  const held = await heldLease(api);
  if (held === undefined) {
    const spec = filled(new V1LeaseSpec(), { holderIdentity, leaseDurationSeconds: 15, renewTime });
    return won(
      api.createNamespacedLease({ namespace, body: filled(new V1Lease(), { metadata: named('leader'), spec }) }),
    );
  }
  const known = held.spec ?? new V1LeaseSpec();
  const isFree = now.getTime() - timeOf(known.renewTime) > (known.leaseDurationSeconds ?? 0) * 1000;
  if (known.holderIdentity !== holderIdentity && !isFree) return false;
  const spec = filled(new V1LeaseSpec(), known, { holderIdentity, renewTime });
  return won(api.replaceNamespacedLease({ ...leader, body: filled(new V1Lease(), held, { spec }) }));
}

it('lets candidates elect a leader by a Lease, one at a time', async () => {
  await using server = await start();
  const candidates = ['a', 'b', 'c', 'd'];
  const api = server.config.makeApiClient(CoordinationV1Api);
  const race = async (now: Date) => {
    const leads = await Promise.all(candidates.map((name) => lead(api, name, now)));
    return candidates.filter((_, index) => leads[index]);
  };
  const begun = new Date('2026-01-01T00:00:00.123Z');
  const [first, ...others] = await race(begun);
  expect(others).toEqual([]);
  const { spec } = await api.readNamespacedLease(leader);
  expect(spec?.holderIdentity).toBe(first);
  expect(timeOf(spec?.renewTime)).toBe(begun.getTime());

  expect(await race(new Date(begun.getTime() + 10_000))).toEqual([first]);
  const later = await race(new Date(begun.getTime() + 60_000));
  expect(later).toHaveLength(1);
  const after = await api.readNamespacedLease(leader);
  expect(after.spec?.holderIdentity).toBe(later[0]);
});

it('serves objects of any kind, whose types the client does not know', async () => {
  await using server = await start();
  const objects = KubernetesObjectApi.makeApiClient(server.config);
  const spec = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'any', namespace } };
  await objects.create({ ...spec, data: { x: '1' } });
  const patched = await objects.patch(
    { ...spec, data: { y: '2' } },
    undefined,
    undefined,
    'any-test',
    true,
    PatchStrategy.ServerSideApply,
  );
  expect(patched).toMatchObject({ data: { x: '1', y: '2' } });
  expect(await objects.list('v1', 'ConfigMap', namespace)).toMatchObject({ items: [{ metadata: { name: 'any' } }] });
  await objects.delete(spec);
  await expect(objects.read(spec)).rejects.toMatchObject({ code: 404 });
});

it('is healthy', async () => {
  await using server = await start();
  const health = new Health(server.config);
  expect([await health.readyz({}), await health.livez({})]).toEqual([true, true]);
});
