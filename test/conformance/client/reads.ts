import { expect } from 'vitest';
import { isStatusError, type Resource } from '../../../src/apimachinery/index.ts';
import { testConfigMaps, testNamespaces, testPods } from '../../harness/resources.ts';
import { createConfigMap, key, names, FORGETS, type ClientTests } from './fixture.ts';

export function readTests(test: ClientTests): void {
  test('gets what was created, whole', async ({ client }) => {
    const created = await createConfigMap(client, 'a', { labels: { tier: 'web' }, data: { greeting: 'κοινόν' } });
    expect(await client.get(testConfigMaps, key('a'))).toEqual(created);
    expect(created).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { greeting: 'κοινόν' } });
  });

  test('says that an object is not found, in the words of Kubernetes', async ({ client }) => {
    await expect(client.get(testConfigMaps, key('none'))).rejects.toMatchObject({
      name: 'StatusError',
      code: 404,
      reason: 'NotFound',
      message: 'configmaps "none" not found',
      status: { details: { name: 'none', kind: 'configmaps' } },
    });
  });

  test('says that a resource is not served', async ({ client }) => {
    const unknown: Resource = { group: 'none.test', version: 'v1', kind: 'None', plural: 'nones', namespaced: false };
    const err = await client.get(unknown, { name: 'a' }).catch((reason: unknown) => reason);
    expect(isStatusError(err, 'NotFound')).toBe(true);
  });

  test('refuses who may not', async ({ stranger }) => {
    await expect(stranger.get(testConfigMaps, key('a'))).rejects.toMatchObject({ code: 403, reason: 'Forbidden' });
    await expect(stranger.list(testConfigMaps, { namespace: 'default' })).rejects.toMatchObject({
      message:
        'configmaps is forbidden: User "stranger" cannot list resource "configmaps" in API group "" in the namespace "default"',
    });
  });

  test('lists one namespace or all, with the kind in the list and in every item', async ({ client }) => {
    await createConfigMap(client, 'a');
    await createConfigMap(client, 'b', { namespace: 'other' });
    const all = await client.list(testConfigMaps);
    expect(names(all.items)).toEqual(['a', 'b']);
    expect(all).toMatchObject({
      apiVersion: 'v1',
      kind: 'ConfigMapList',
      items: [{ kind: 'ConfigMap' }, { kind: 'ConfigMap' }],
    });
    expect(Number(all.metadata.resourceVersion)).toBeGreaterThan(0);
    expect(names((await client.list(testConfigMaps, { namespace: 'other' })).items)).toEqual(['b']);
    expect((await client.list(testPods)).items).toEqual([]);
    expect(names((await client.list(testNamespaces)).items)).toEqual(['default', 'other']);
  });

  test('selects by labels and fields', async ({ client }) => {
    await createConfigMap(client, 'a', { labels: { tier: 'web', env: 'prod' } });
    await createConfigMap(client, 'b', { labels: { tier: 'db' } });
    await createConfigMap(client, 'c');
    const select = async (labelSelector: string) => names((await client.list(testConfigMaps, { labelSelector })).items);
    expect(await select('tier=web')).toEqual(['a']);
    expect(await select('tier in (web, db),!env')).toEqual(['b']);
    expect(await select('tier!=web')).toEqual(['b', 'c']);
    const byName = await client.list(testConfigMaps, { fieldSelector: 'metadata.name!=b' });
    expect(names(byName.items)).toEqual(['a', 'c']);
    await expect(select('a b')).rejects.toMatchObject({ code: 400, reason: 'BadRequest' });
    await expect(client.list(testConfigMaps, { fieldSelector: 'data.x=1' })).rejects.toMatchObject({ code: 400 });
  });

  test('pages through a list as it was when the first page was read', async ({ client }) => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await createConfigMap(client, name);
    const first = await client.list(testConfigMaps, { limit: 2 });
    expect(names(first.items)).toEqual(['a', 'b']);
    expect(first.metadata.remainingItemCount).toBe(3);
    await client.delete(testConfigMaps, key('d'));
    const rest: (string | undefined)[] = [];
    let token = first.metadata.continue;
    while (token !== undefined && token !== '') {
      const page = await client.list(testConfigMaps, { limit: 2, continue: token });
      rest.push(...names(page.items));
      expect(page.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
      token = page.metadata.continue;
    }
    expect(rest).toEqual(['c', 'd', 'e']);
  });

  test('reads a list of an earlier version exactly, and refuses one that is still to come', async ({ client }) => {
    const { metadata } = await createConfigMap(client, 'a');
    await createConfigMap(client, 'b');
    const resourceVersion = metadata.resourceVersion ?? '';
    const exact = await client.list(testConfigMaps, { resourceVersion, resourceVersionMatch: 'Exact' });
    expect(names(exact.items)).toEqual(['a']);
    const recent = await client.list(testConfigMaps, { resourceVersion, resourceVersionMatch: 'NotOlderThan' });
    expect(names(recent.items)).toEqual(['a', 'b']);
  });

  test(
    'says that a page can no longer be continued',
    async ({ client, compact }) => {
      for (const name of ['a', 'b', 'c']) await createConfigMap(client, name);
      const page = await client.list(testConfigMaps, { limit: 1 });
      await createConfigMap(client, 'd');
      await compact();
      const token = page.metadata.continue ?? '';
      await expect(client.list(testConfigMaps, { limit: 1, continue: token })).rejects.toMatchObject({ code: 410 });
    },
    FORGETS,
  );

  test('reads any path as text', async ({ client }) => {
    expect(await client.raw('/healthz')).toBe('ok');
    expect(JSON.parse(await client.raw('/version'))).toHaveProperty('gitVersion');
    expect(JSON.parse(await client.raw('/api/v1'))).toMatchObject({ kind: 'APIResourceList' });
    await expect(client.raw('/none')).rejects.toMatchObject({ code: 404 });
  });

  test('reads what an earlier abort had ended', async ({ client }) => {
    const reason = new Error('changed my mind');
    const signal = AbortSignal.abort(reason);
    await expect(client.get(testConfigMaps, key('a'), { signal })).rejects.toBe(reason);
    await expect(client.list(testConfigMaps, { signal })).rejects.toBe(reason);
    await expect(client.raw('/healthz', { signal })).rejects.toBe(reason);
    expect((await client.list(testConfigMaps)).items).toEqual([]);
  });
}
