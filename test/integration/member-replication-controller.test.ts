import { afterAll, expect, it } from 'vitest';
import { findCondition } from '../../src/apimachinery/index.ts';
import { events, pods, replicationControllers, resourceQuotas, type Pod } from '../../src/apis/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const member = await startTestMember({ nodes: 2 });

afterAll(() => member[Symbol.asyncDispose]());

const { client } = member;
const namespace = 'default';

const controllerOf = (name: string, replicas: number) => ({
  metadata: { namespace, name },
  spec: {
    replicas,
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
});

async function podsOf(name: string): Promise<readonly Pod[]> {
  const { items } = await client.list(pods, { namespace, labelSelector: `app=${name}` });
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

const read = (name: string) => client.get(replicationControllers, { namespace, name });
const setReplicas = (name: string, replicas: number) =>
  client.patch(replicationControllers, { namespace, name }, { type: 'merge', patch: { spec: { replicas } } });

async function reasonsOf(name: string): Promise<readonly string[]> {
  const { items } = await client.list(events, { namespace });
  return items.filter(({ involvedObject }) => involvedObject.name === name).map(({ reason }) => reason ?? '');
}

it('runs the pods of a ReplicationController, as many as it says', async () => {
  await client.create(replicationControllers, controllerOf('web', 3));
  await expect
    .poll(async () => (await read('web')).status, { timeout: 5000 })
    .toEqual({
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      observedGeneration: 1,
    });
  const [pod] = await podsOf('web');
  expect(pod?.metadata.ownerReferences).toMatchObject([
    { apiVersion: 'v1', kind: 'ReplicationController', name: 'web', controller: true },
  ]);
  await setReplicas('web', 1);
  await expect.poll(async () => (await podsOf('web')).length).toBe(1);
  expect(await reasonsOf('web')).toEqual(expect.arrayContaining(['SuccessfulCreate', 'SuccessfulDelete']));
});

it('adopts what it selects and lets go of what it selects no longer', async () => {
  await client.create(pods, {
    metadata: { namespace, name: 'stray', labels: { app: 'adopter' } },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  });
  await client.create(replicationControllers, controllerOf('adopter', 1));
  const stray = { namespace, name: 'stray' };
  await expect
    .poll(async () => (await client.get(pods, stray)).metadata.ownerReferences?.[0]?.kind)
    .toBe('ReplicationController');
  await client.patch(pods, stray, { type: 'merge', patch: { metadata: { labels: { app: 'free' } } } });
  await expect.poll(async () => (await client.get(pods, stray)).metadata.ownerReferences).toBeUndefined();
  await expect.poll(async () => (await podsOf('adopter')).length).toBe(1);
});

it('says that a quota lets it make no more, and goes on when it does', async () => {
  const quota = { namespace, name: 'few' };
  const present = (await client.list(pods, { namespace })).items.length;
  await client.create(resourceQuotas, { metadata: quota, spec: { hard: { pods: String(present + 1) } } });
  await expect.poll(async () => (await client.get(resourceQuotas, quota)).status?.hard?.['pods']).toBeDefined();
  await client.create(replicationControllers, controllerOf('limited', 2));
  const failure = async () => findCondition((await read('limited')).status?.conditions, 'ReplicaFailure');
  await expect.poll(async () => (await failure())?.reason, { timeout: 5000 }).toBe('FailedCreate');
  expect((await failure())?.message).toContain('exceeded quota: few');
  await setReplicas('limited', 1);
  await expect.poll(failure, { timeout: 5000 }).toBeUndefined();
  expect(await reasonsOf('limited')).toContain('FailedCreate');
});
