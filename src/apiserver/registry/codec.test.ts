import { expect, it } from 'vitest';
import { Codec } from './codec.ts';

const codec = new Codec({ group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true });
const object = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a', resourceVersion: '1', managedFields: [{ manager: 'me],"name":"' }] },
  spec: { text: 'grüße "metadata":{' },
};
const kv = { key: '/registry/apps/deployments/ns/a', value: codec.encode(object), createRevision: 3, modRevision: 42 };

it('stores without the version and serves with that of the write', () => {
  expect(Buffer.from(kv.value).toString()).toBe(
    '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"managedFields":[{"manager":"me],\\"name\\":\\""}],"name":"a"},' +
      '"spec":{"text":"grüße \\"metadata\\":{"}}',
  );
  const { bytes, object: served, managedFields } = codec.version(kv);
  expect(JSON.parse(bytes.toString())).toEqual({ ...object, metadata: { ...object.metadata, resourceVersion: '42' } });
  expect(served).toEqual({ ...object, metadata: { name: 'a', resourceVersion: '42' } });
  expect(managedFields).toEqual(object.metadata.managedFields);
  expect(Object.isFrozen(served.metadata)).toBe(true);
});

it('shares the object of a version', () => {
  expect(codec.version(kv).object).toBe(codec.version(kv).object);
  expect(codec.gone(kv, 50)).toBe(codec.gone(kv, 50));
  expect(codec.gone(kv, 50).object.metadata.resourceVersion).toBe('50');
  expect(codec.gone(kv, 51).object.metadata.resourceVersion).toBe('51');
});

it('writes the bytes of a version behind a head of another', () => {
  const { bytes, parted } = codec.version(kv);
  const size = parted?.tailSize ?? 0;
  const target = Buffer.alloc(size + 2, '-');
  parted?.writeTail(target, 1);
  expect(target.toString()).toBe(`-${bytes.toString().slice(parted?.head.length)}-`);
});

it('refuses what another kind stored', () => {
  const other = new Codec({ group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true });
  expect(() => other.version(kv).bytes).toThrow('does not begin with');
});
