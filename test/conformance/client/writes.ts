import { expect } from 'vitest';
import { testConfigMaps, testDeployments, testNamespaces, testPods } from '../../harness/resources.ts';
import { createConfigMap, key, names, type ClientTests } from './fixture.ts';

export function writeTests(test: ClientTests): void {
  test('creates with what only the server may set', async ({ client }) => {
    const created = await client.create(testDeployments, { metadata: key('web'), spec: {} });
    expect(created).toMatchObject({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { generation: 1 },
      spec: { replicas: 1 },
    });
    expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(created.metadata.creationTimestamp).toMatch(/^\d{4}-.*Z$/);
  });

  test('makes a name from a prefix', async ({ client }) => {
    const one = await client.create(testConfigMaps, { metadata: { namespace: 'default', generateName: 'a-' } });
    const two = await client.create(testConfigMaps, { metadata: { namespace: 'default', generateName: 'a-' } });
    expect(one.metadata.name).toMatch(/^a-[a-z0-9]{5}$/);
    expect(two.metadata.name).not.toBe(one.metadata.name);
  });

  test('refuses a second object of the same name', async ({ client }) => {
    await createConfigMap(client, 'a');
    await expect(createConfigMap(client, 'a')).rejects.toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "a" already exists',
    });
    await createConfigMap(client, 'a', { namespace: 'other' });
  });

  test('tells what is invalid, field by field', async ({ client }) => {
    const invalid = client.create(testDeployments, { metadata: key('Bad_Name'), spec: { replicas: -1 } });
    await expect(invalid).rejects.toMatchObject({
      code: 422,
      reason: 'Invalid',
      status: {
        details: {
          kind: 'Deployment',
          group: 'apps',
          causes: expect.arrayContaining([
            expect.objectContaining({ field: 'spec.replicas', reason: 'FieldValueInvalid' }),
          ]) as unknown,
        },
      },
    });
  });

  test('updates, and refuses an update of what is no longer current', async ({ client }) => {
    const created = await createConfigMap(client, 'a', { data: { x: '1' } });
    const updated = await client.update(testConfigMaps, { ...created, data: { x: '2' } });
    expect(updated.data).toEqual({ x: '2' });
    expect(updated.metadata.resourceVersion).not.toBe(created.metadata.resourceVersion);
    await expect(client.update(testConfigMaps, { ...created, data: { x: '3' } })).rejects.toMatchObject({
      code: 409,
      reason: 'Conflict',
    });
    const { resourceVersion: _, ...metadata } = created.metadata;
    expect((await client.update(testConfigMaps, { ...created, metadata, data: { x: '4' } })).data).toEqual({ x: '4' });
    await expect(client.update(testConfigMaps, { ...created, metadata: key('none') })).rejects.toMatchObject({
      code: 404,
    });
  });

  test('keeps status and the rest apart', async ({ client }) => {
    const created = await client.create(testDeployments, { metadata: key('web'), spec: { replicas: 2 } });
    const reported = await client.updateStatus(testDeployments, {
      ...created,
      spec: { replicas: 9 },
      status: { replicas: 2 },
    });
    expect(reported).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 2 }, metadata: { generation: 1 } });
    const scaled = await client.update(testDeployments, {
      ...reported,
      spec: { replicas: 5 },
      status: { replicas: 7 },
    });
    expect(scaled).toMatchObject({ spec: { replicas: 5 }, status: { replicas: 2 }, metadata: { generation: 2 } });
  });

  test('patches in every way', async ({ client }) => {
    await createConfigMap(client, 'a', { data: { keep: '1', drop: '2' } });
    const merged = await client.patch(testConfigMaps, key('a'), {
      type: 'merge',
      patch: { data: { drop: null, add: '3' } },
    });
    expect(merged.data).toEqual({ keep: '1', add: '3' });
    const replaced = await client.patch(testConfigMaps, key('a'), {
      type: 'json',
      patch: [
        { op: 'test', path: '/data/keep', value: '1' },
        { op: 'replace', path: '/data/keep', value: '9' },
        { op: 'remove', path: '/data/add' },
      ],
    });
    expect(replaced.data).toEqual({ keep: '9' });
    const strategic = await client.patch(testConfigMaps, key('a'), {
      type: 'strategic',
      patch: { data: { more: '4' } },
    });
    expect(strategic.data).toEqual({ keep: '9', more: '4' });
  });

  test('refuses a patch that does not fit', async ({ client }) => {
    const created = await createConfigMap(client, 'a', { data: { x: '1' } });
    const failing = { type: 'json', patch: [{ op: 'test', path: '/data/x', value: '2' }] } as const;
    await expect(client.patch(testConfigMaps, key('a'), failing)).rejects.toMatchObject({ code: 422 });
    const stale = { type: 'merge', patch: { metadata: { resourceVersion: '1' }, data: { x: '3' } } } as const;
    await expect(client.patch(testConfigMaps, key('a'), stale)).rejects.toMatchObject({ code: 409 });
    await expect(client.patch(testConfigMaps, key('none'), { type: 'merge', patch: {} })).rejects.toMatchObject({
      code: 404,
    });
    expect(await client.get(testConfigMaps, key('a'))).toEqual(created);
  });

  test('patches a subresource', async ({ client }) => {
    await client.create(testDeployments, { metadata: key('web'), spec: {} });
    const options = { subresource: 'status' };
    const patch = { type: 'merge', patch: { status: { readyReplicas: 1 }, spec: { replicas: 7 } } } as const;
    const patched = await client.patch(testDeployments, key('web'), patch, options);
    expect(patched).toMatchObject({ spec: { replicas: 1 }, status: { readyReplicas: 1 } });
  });

  test('puts a subresource that takes the whole object', async ({ client }) => {
    const created = await client.create(testNamespaces, { metadata: { name: 'short' } });
    await client.delete(testNamespaces, { name: 'short' });
    const terminating = await client.get(testNamespaces, { name: 'short' });
    expect(terminating.status?.phase).toBe('Terminating');
    expect(terminating.metadata.uid).toBe(created.metadata.uid);
    await client.update(testNamespaces, { ...terminating, spec: { finalizers: [] } }, { subresource: 'finalize' });
    await expect(client.get(testNamespaces, { name: 'short' })).rejects.toMatchObject({ code: 404 });
  });

  test('posts to a subresource', async ({ client }) => {
    await client.create(testPods, { metadata: key('p'), spec: {} });
    const named = { apiVersion: 'v1', kind: 'Binding' };
    const body = { ...named, metadata: { name: 'p' }, target: { name: 'n1' } };
    const answer = await client.createSubresource(testPods, key('p'), 'binding', body, { dryRun: true });
    expect(answer).toMatchObject({
      kind: 'Binding',
      metadata: { ...key('p'), labels: { dryRun: 'true' } },
      target: { name: 'n1' },
    });
    await expect(client.createSubresource(testPods, key('p'), 'none', body)).rejects.toMatchObject({ code: 404 });
  });

  test('stores nothing of a dry run', async ({ client }) => {
    const present = await createConfigMap(client, 'a', { data: { x: '1' } });
    const dry = await client.create(testConfigMaps, { metadata: key('b') }, { dryRun: true });
    expect(dry.metadata.uid).toBeDefined();
    await client.update(testConfigMaps, { ...present, data: {} }, { dryRun: true });
    await client.patch(testConfigMaps, key('a'), { type: 'merge', patch: { data: { x: '2' } } }, { dryRun: true });
    await client.delete(testConfigMaps, key('a'), { dryRun: true });
    expect((await client.list(testConfigMaps)).items).toEqual([present]);
  });

  test('rejects with the reason of an abort, and writes nothing', async ({ client }) => {
    const reason = new Error('changed my mind');
    const signal = AbortSignal.abort(reason);
    await expect(client.create(testConfigMaps, { metadata: key('a') }, { signal })).rejects.toBe(reason);
    expect(names((await client.list(testConfigMaps)).items)).toEqual([]);
  });
}
