import { expect, it } from 'vitest';
import { isConflict, isNotFound, type KubeObject } from '../../src/apimachinery/index.ts';
import { otherVersion } from '../../src/apis/index.ts';
import type { ResourceDefinition } from '../../src/apiserver/index.ts';
import type { ObjectEvent } from '../../src/client/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { http2Transport as http } from '../harness/https.ts';
import { testConfigMaps, testNamespaces, testResources } from '../harness/resources.ts';

interface Stored extends KubeObject {
  readonly spec: { readonly size?: number; readonly color?: string };
  readonly status?: { readonly seen?: number };
}

interface Old extends KubeObject {
  readonly big?: boolean;
  readonly color?: string;
  readonly status?: { readonly seen?: number };
}

const stored: ResourceDefinition<Stored> = {
  group: 'example.com',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  singular: 'thing',
  namespaced: true,
  schema: 'example.com/v1.Thing',
  subresources: [{ type: 'status', name: 'status' }],
  fieldSelectors: { 'spec.color': ({ spec }) => spec.color ?? '' },
  strategy: {
    defaults: (object) => ({ ...object, spec: { color: 'blue', ...object.spec } }),
    prepareForUpdate: (object, old) => ({ ...object, ...(old.status === undefined ? {} : { status: old.status }) }),
  },
  columns: [
    { name: 'Name', type: 'string', format: 'name', description: '', value: ({ metadata }) => metadata.name ?? '' },
    { name: 'Size', type: 'integer', description: '', value: ({ spec }) => spec.size ?? 0 },
  ],
};

const status = ({ status: known }: { readonly status?: { readonly seen?: number } }) =>
  known === undefined ? {} : { status: known };

const old = otherVersion<Stored, Old>(
  stored,
  {
    group: 'example.com',
    version: 'v1beta1',
    kind: 'Thing',
    schema: 'example.com/v1beta1.Thing',
    // @NOTE a view's field selectors read the stored object, whose fields these are.
    fieldSelectors: { color: (object) => (object as unknown as Stored).spec.color ?? '' },
    defaults: (object) => ({ color: 'red', ...object }),
  },
  {
    fromStored: ({ metadata, spec, ...rest }) => ({
      apiVersion: 'example.com/v1beta1',
      kind: 'Thing',
      metadata,
      big: (spec.size ?? 0) > 9,
      ...(spec.color === undefined ? {} : { color: spec.color }),
      ...status(rest),
    }),
    toStored: ({ metadata, big, color, ...rest }) => ({
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata,
      spec: { size: big === true ? 10 : 1, ...(color === undefined ? {} : { color }) },
      ...status(rest),
    }),
  },
);

/** The same, told by somebody who takes a turn to answer. */
const slow: ResourceDefinition<Old> = {
  ...old,
  version: 'v1alpha1',
  ...(old.storedAs === undefined
    ? {}
    : {
        storedAs: {
          ...old.storedAs,
          fromStored: async (objects) => {
            await Promise.resolve();
            return (await old.storedAs?.fromStored(objects)) ?? [];
          },
        },
      }),
};

const resources = [...testResources, stored, old, slow] as const;
const key = { namespace: 'default', name: 'a' };

it.each([
  ['at once', old],
  ['after a while', slow],
])('serves a kind in another version than the stored one, converted %s', async (_when, version) => {
  await using api = await startTestApiServer({ resources });
  const created = await api.admin.create(version, { metadata: key, big: true });
  expect(created).toMatchObject({ apiVersion: `example.com/${version.version}`, big: true, color: 'red' });
  const asStored = await api.admin.get(stored, key);
  expect(asStored).toMatchObject({ apiVersion: 'example.com/v1', spec: { size: 10, color: 'red' } });
  expect(created.metadata).toEqual(asStored.metadata);

  const { resourceVersion = '' } = created.metadata;
  const updated = await api.admin.update(version, { ...created, big: false });
  expect((await api.admin.get(stored, key)).spec.size).toBe(1);
  await expect(api.admin.update(version, { ...updated, metadata: created.metadata })).rejects.toSatisfy(isConflict);

  await api.admin.patch(version, key, { type: 'merge', patch: { big: true } });
  expect((await api.admin.get(stored, key)).spec.size).toBe(10);

  const reported = await api.admin.updateStatus(version, {
    ...(await api.admin.get(version, key)),
    status: { seen: 3 },
  });
  expect(reported.status).toEqual({ seen: 3 });
  expect(await api.admin.get(stored, key)).toMatchObject({ spec: { size: 10 }, status: { seen: 3 } });

  const listed = await api.admin.list(version, { namespace: 'default' });
  expect(listed.items).toMatchObject([{ big: true, status: { seen: 3 } }]);
  expect(Number(listed.metadata.resourceVersion)).toBeGreaterThan(Number(resourceVersion));

  await api.admin.delete(version, key);
  await expect(api.admin.get(stored, key)).rejects.toSatisfy(isNotFound);
});

it.each([
  ['at once', old],
  ['after a while', slow],
])('tells changes in their order, converted %s', async (_when, version) => {
  await using api = await startTestApiServer({ resources });
  const end = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const event of api.admin.watch<Old>(version, { namespace: 'default', signal: end.signal })) {
      seen.push(describe(event));
    }
  })();
  for (const name of ['a', 'b', 'c'])
    await api.admin.create(stored, { metadata: { ...key, name }, spec: { size: 10 } });
  await api.admin.delete(stored, { ...key, name: 'b' });
  await expect.poll(() => seen).toEqual(['ADDED a true', 'ADDED b true', 'ADDED c true', 'DELETED b true']);
  end.abort();
  await following;
});

function describe(event: ObjectEvent<Old>): string {
  return event.type === 'BOOKMARK'
    ? event.type
    : `${event.type} ${event.object.metadata.name ?? ''} ${String(event.object.big)}`;
}

it('shows the columns of the stored version, and prefers that version', async () => {
  await using api = await startTestApiServer({ resources, listen: true });
  await api.admin.create(stored, { metadata: key, spec: { size: 12 } });
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const table = await http.send(api, '/apis/example.com/v1beta1/things', { headers: { accept } });
  expect(table.json()).toMatchObject({ rows: [{ cells: ['a', 10] }] });
  expect((await http.send(api, '/apis/example.com')).json()).toMatchObject({
    preferredVersion: { version: 'v1' },
    versions: [{ version: 'v1' }, { version: 'v1beta1' }, { version: 'v1alpha1' }],
  });
});

it('selects by the names that the version has for fields', async () => {
  await using api = await startTestApiServer({ resources });
  await api.admin.create(stored, { metadata: key, spec: { color: 'green' } });
  await api.admin.create(old, { metadata: { ...key, name: 'b' } });
  const list = (version: ResourceDefinition, fieldSelector: string) => api.admin.list(version, { fieldSelector });
  expect((await list(old, 'color=red')).items).toMatchObject([{ metadata: { name: 'b' } }]);
  expect((await list(stored, 'spec.color=green')).items).toMatchObject([{ metadata: { name: 'a' } }]);
  await expect(list(old, 'spec.color=green')).rejects.toThrow('field label not supported: spec.color');
  await expect(list(stored, 'color=red')).rejects.toThrow('field label not supported: color');
});

it('serves what is added while it runs, until it is taken away', async () => {
  await using api = await startTestApiServer({ resources: [testNamespaces, testConfigMaps] });
  await expect(api.admin.list(stored)).rejects.toSatisfy(isNotFound);
  api.server.catalog.set('test', [stored, old]);
  await api.admin.create(old, { metadata: key, big: true });
  expect((await api.admin.list(stored)).items).toHaveLength(1);
  api.server.catalog.set('test', []);
  await expect(api.admin.list(stored)).rejects.toSatisfy(isNotFound);
});
