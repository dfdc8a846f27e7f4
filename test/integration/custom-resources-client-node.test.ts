import {
  ApiextensionsV1Api,
  CustomObjectsApi,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  Watch,
  type V1CustomResourceDefinition,
} from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { startCustomResourceServer } from '../harness/custom-resources.ts';
import { crontab, crontabDefinition } from '../harness/definitions.ts';
import { kubeconfigOf } from '../harness/kubectl.ts';

const where = { group: 'stable.example.com', version: 'v1', namespace: 'default', plural: 'crontabs' };

async function start() {
  const api = await startCustomResourceServer({ listen: true });
  const config = new KubeConfig();
  config.loadFromString(JSON.stringify(kubeconfigOf(api)));
  const extensions = config.makeApiClient(ApiextensionsV1Api);
  // @NOTE the client's models are classes, and what it sends is JSON made of their fields.
  await extensions.createCustomResourceDefinition({
    body: crontabDefinition() as unknown as V1CustomResourceDefinition,
  });
  await expect
    .poll(async () => {
      const { status } = await extensions.readCustomResourceDefinition({ name: 'crontabs.stable.example.com' });
      return status?.conditions?.find(({ type }) => type === 'Established')?.status;
    })
    .toBe('True');
  return { config, extensions, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() };
}

it('serves custom objects to the JavaScript client', async () => {
  await using server = await start();
  const custom = server.config.makeApiClient(CustomObjectsApi);
  await custom.createNamespacedCustomObject({ ...where, body: crontab('a') });
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  const body = { spec: { replicas: 4 } };
  expect(await custom.patchNamespacedCustomObject({ ...where, name: 'a', body }, merge)).toMatchObject(body);
  const status = { status: { replicas: 4, labelSelector: 'app=a' } };
  await custom.patchNamespacedCustomObjectStatus({ ...where, name: 'a', body: status }, merge);
  expect(await custom.getNamespacedCustomObjectScale({ ...where, name: 'a' })).toMatchObject({
    kind: 'Scale',
    spec: { replicas: 4 },
    status: { replicas: 4, selector: 'app=a' },
  });
  expect(await custom.listNamespacedCustomObject(where)).toMatchObject({ kind: 'CronTabList', items: [{ ...body }] });
  await expect(
    custom.createNamespacedCustomObject({ ...where, body: crontab('b', { replicas: 0 }) }),
  ).rejects.toMatchObject({ code: 422 });
  await custom.deleteNamespacedCustomObject({ ...where, name: 'a' });
  await expect(custom.getNamespacedCustomObject({ ...where, name: 'a' })).rejects.toMatchObject({ code: 404 });
});

it('ends its watches when the definition goes', async () => {
  await using server = await start();
  const custom = server.config.makeApiClient(CustomObjectsApi);
  await custom.createNamespacedCustomObject({ ...where, body: crontab('a') });
  const events: string[] = [];
  const ended = Promise.withResolvers<unknown>();
  const path = '/apis/stable.example.com/v1/crontabs';
  await new Watch(server.config).watch(path, {}, (type) => events.push(type), ended.resolve);
  await expect.poll(() => events).toEqual(['ADDED']);
  await server.extensions.deleteCustomResourceDefinition({ name: 'crontabs.stable.example.com' });
  await ended.promise;
  expect(events).toEqual(['ADDED', 'DELETED']);
});
