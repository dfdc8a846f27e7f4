import { expect } from 'vitest';
import { testConfigMaps, testNamespaces, testPods } from '../../harness/resources.ts';
import { createConfigMap, key, type ClientTests } from './fixture.ts';

export function namespaceTests(test: ClientTests): void {
  test('makes nothing in a namespace that is not there', async ({ client }) => {
    await expect(createConfigMap(client, 'a', { namespace: 'none' })).rejects.toMatchObject({
      code: 404,
      message: 'namespaces "none" not found',
    });
    expect((await client.list(testConfigMaps, { namespace: 'none' })).items).toEqual([]);
  });

  test('keeps the namespaces that it needs', async ({ client }) => {
    await expect(client.delete(testNamespaces, { name: 'default' })).rejects.toMatchObject({
      code: 403,
      message: 'namespaces "default" is forbidden: this namespace may not be deleted',
    });
    expect(await client.get(testNamespaces, { name: 'default' })).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'default' } },
      status: { phase: 'Active' },
    });
  });

  test('takes nothing new into a namespace that ends, and lets go of what is there', async ({ client }) => {
    await client.create(testNamespaces, { metadata: { name: 'gone' } });
    await createConfigMap(client, 'a', { namespace: 'gone' });
    expect(await client.delete(testNamespaces, { name: 'gone' })).toMatchObject({
      status: { phase: 'Terminating' },
      metadata: { deletionGracePeriodSeconds: 0 },
    });
    const late = { code: 403, status: { details: { causes: [{ reason: 'NamespaceTerminating' }] } } };
    await expect(createConfigMap(client, 'b', { namespace: 'gone' })).rejects.toMatchObject(late);
    const pod = client.create(testPods, { metadata: key('p', 'gone'), spec: {} }, { dryRun: true });
    await expect(pod).rejects.toMatchObject(late);

    const release = { type: 'merge', patch: { data: { last: 'words' } } } as const;
    await client.patch(testConfigMaps, key('a', 'gone'), release);
    await client.delete(testConfigMaps, key('a', 'gone'));
    const terminating = await client.get(testNamespaces, { name: 'gone' });
    await client.update(testNamespaces, { ...terminating, spec: { finalizers: [] } }, { subresource: 'finalize' });
    await expect(client.get(testNamespaces, { name: 'gone' })).rejects.toMatchObject({ code: 404 });
    await client.create(testNamespaces, { metadata: { name: 'gone' } });
    await createConfigMap(client, 'a', { namespace: 'gone' });
  });
}
