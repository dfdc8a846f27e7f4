import { expect } from 'vitest';
import { testConfigMaps, testPods } from '../../harness/resources.ts';
import { createConfigMap, key, names, type ClientTests } from './fixture.ts';

export function deletionTests(test: ClientTests): void {
  test('deletes, and says what went', async ({ client }) => {
    const { metadata } = await createConfigMap(client, 'a');
    expect(await client.delete(testConfigMaps, key('a'))).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'a', kind: 'configmaps', uid: metadata.uid },
    });
    await expect(client.get(testConfigMaps, key('a'))).rejects.toMatchObject({ code: 404 });
    await expect(client.delete(testConfigMaps, key('a'))).rejects.toMatchObject({ code: 404 });
  });

  test('deletes only what it was meant for', async ({ client }) => {
    const { metadata } = await createConfigMap(client, 'a');
    await expect(client.delete(testConfigMaps, key('a'), { preconditions: { uid: 'other' } })).rejects.toMatchObject({
      code: 409,
      reason: 'Conflict',
    });
    const stale = { preconditions: { resourceVersion: '1' } };
    await expect(client.delete(testConfigMaps, key('a'), stale)).rejects.toMatchObject({ code: 409 });
    const { uid = '', resourceVersion = '' } = metadata;
    await client.delete(testConfigMaps, key('a'), { preconditions: { uid, resourceVersion } });
  });

  test('hands out the object while finalizers hold it', async ({ client }) => {
    await client.create(testConfigMaps, { metadata: { ...key('a'), finalizers: ['test.dev/hold'] } });
    expect(await client.delete(testConfigMaps, key('a'))).toMatchObject({
      kind: 'ConfigMap',
      metadata: { name: 'a', deletionTimestamp: expect.any(String) as string },
    });
    const release = { type: 'merge', patch: { metadata: { finalizers: null } } } as const;
    await client.patch(testConfigMaps, key('a'), release);
    await expect(client.get(testConfigMaps, key('a'))).rejects.toMatchObject({ code: 404 });
  });

  test('gives grace, and takes it away', async ({ client }) => {
    await client.create(testPods, { metadata: key('p'), spec: { nodeName: 'n1' } });
    expect(await client.delete(testPods, key('p'), { gracePeriodSeconds: 60 })).toMatchObject({
      kind: 'Pod',
      metadata: { deletionGracePeriodSeconds: 60 },
    });
    await client.delete(testPods, key('p'), { gracePeriodSeconds: 0 });
    await expect(client.get(testPods, key('p'))).rejects.toMatchObject({ code: 404 });
  });

  test('marks what shall become of dependents', async ({ client }) => {
    await createConfigMap(client, 'a');
    expect(await client.delete(testConfigMaps, key('a'), { propagationPolicy: 'Foreground' })).toMatchObject({
      metadata: { finalizers: ['foregroundDeletion'] },
    });
    await createConfigMap(client, 'b');
    expect(await client.delete(testConfigMaps, key('b'), { propagationPolicy: 'Orphan' })).toMatchObject({
      metadata: { finalizers: ['orphan'] },
    });
  });

  test('deletes a selection of a namespace', async ({ client }) => {
    await createConfigMap(client, 'a', { labels: { go: 'yes' } });
    await createConfigMap(client, 'b');
    await createConfigMap(client, 'c', { labels: { go: 'yes' }, namespace: 'other' });
    await client.deleteCollection(testConfigMaps, { namespace: 'default', labelSelector: 'go=yes' });
    expect(names((await client.list(testConfigMaps)).items)).toEqual(['b', 'c']);
  });
}
