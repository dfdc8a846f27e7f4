import { expect, it } from 'vitest';
import type { KubeObject } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { AnsweredReads } from './answered-reads.ts';

const definition: ResourceDefinition = {
  group: 'example.com',
  version: 'v1',
  kind: 'Reading',
  plural: 'readings',
  singular: 'reading',
  namespaced: true,
  schema: 'example.com/v1.Reading',
  verbs: ['get', 'list'],
  strategy: {},
};

const reading = (namespace: string, name: string, labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Reading',
  metadata: { namespace, name, labels },
});

const readings = [reading('a', 'one', { size: 'small' }), reading('a', 'two'), reading('b', 'one')];

const served = new AnsweredReads(definition, {
  get: async ({ name }) => reading('a', name),
  list: async (namespace) => readings.filter(({ metadata }) => [metadata.namespace, undefined].includes(namespace)),
});

async function listed(request: Parameters<typeof served.list>[0]) {
  const { versions } = await served.list(request);
  return versions.map(({ object: { metadata } }) => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`);
}

it('lists what there is, of a namespace or of all, by labels and by fields', async () => {
  expect(await listed({})).toEqual(['a/one', 'a/two', 'b/one']);
  expect(await listed({ namespace: 'a' })).toEqual(['a/one', 'a/two']);
  expect(await listed({ labelSelector: 'size=small' })).toEqual(['a/one']);
  expect(await listed({ fieldSelector: 'metadata.name=one' })).toEqual(['a/one', 'b/one']);
  expect(await listed({ fieldSelector: 'metadata.namespace=b' })).toEqual(['b/one']);
});

it('says the same as an object and on the wire', async () => {
  const { object, bytes } = await served.get({ namespace: 'a', name: 'one' });
  expect(JSON.parse(bytes.toString())).toEqual(object);
  expect(Object.isFrozen(object.metadata)).toBe(true);
});

it('refuses to be written and to be watched', async () => {
  for (const verb of ['create', 'update', 'patch', 'delete', 'deletecollection', 'watch'] as const) {
    expect(() => {
      served.requireVerb(verb);
    }).toThrow('the server does not allow this method');
  }
  await expect(served.watch()).rejects.toMatchObject({ status: { code: 405 } });
  await expect(served.get({ name: 'one' }, { subresource: 'status' })).rejects.toMatchObject({ status: { code: 404 } });
  await expect(served.list({ fieldSelector: 'spec.x=y' })).rejects.toMatchObject({ status: { code: 400 } });
});
