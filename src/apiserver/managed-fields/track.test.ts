import { expect, it } from 'vitest';
import { createMergeTypes, type KubeObject, type ManagedFieldsEntry } from '../../apimachinery/index.ts';
import { typeTable } from '../../apis/index.ts';
import { applyToObject, entriesAfterWrite, entriesToStartFrom, type Writer } from './track.ts';

const types = createMergeTypes(typeTable);
const names: Readonly<Record<string, string>> = {
  v1: 'k8s.io/api/core/v1.ConfigMap',
  'apps/v1': 'k8s.io/api/apps/v1.Deployment',
};
const writer = (manager: string, more: Partial<Writer> = {}): Writer => ({
  manager,
  subresource: '',
  apiVersion: 'v1',
  now: 0,
  versions: {
    typeOf: (apiVersion) => {
      const name = names[apiVersion];
      return name === undefined ? undefined : types(name);
    },
    convert: async (object) => object,
  },
  filter: (fields) => fields,
  ...more,
});
const config = (data: Readonly<Record<string, string>>): KubeObject & { readonly data: unknown } => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'default' },
  data,
});
const TIME = '1970-01-01T00:00:00Z';

it('writes down what a manager creates, as Kubernetes does', async () => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', uid: 'u', labels: { app: 'web' } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [{ name: 'web', image: 'nginx', resources: {}, ports: [{ containerPort: 80, protocol: 'TCP' }] }],
        },
      },
    },
  };
  const entries = await entriesAfterWrite(
    { next: deployment },
    [],
    writer('kubectl-create', { apiVersion: 'apps/v1' }),
  );
  expect(entries).toEqual([
    {
      manager: 'kubectl-create',
      operation: 'Update',
      apiVersion: 'apps/v1',
      time: TIME,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
        'f:spec': {
          'f:replicas': {},
          'f:selector': {},
          'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {} }, 'f:type': {} },
          'f:template': {
            'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
            'f:spec': {
              'f:containers': {
                'k:{"name":"web"}': {
                  '.': {},
                  'f:name': {},
                  'f:image': {},
                  'f:resources': {},
                  'f:ports': {
                    '.': {},
                    'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:protocol': {} },
                  },
                },
              },
            },
          },
        },
      },
    },
  ]);
});

it('refuses what another manager owns, names it, and takes it by force', async () => {
  const live = config({ x: '1', y: '1' });
  const entries = await entriesAfterWrite({ next: live }, [], writer('me'));
  const request = { live, config: config({ x: '2' }), entries, force: false };
  await expect(applyToObject(request, writer('kubectl'))).rejects.toMatchObject({
    code: 409,
    message: 'Apply failed with 1 conflict: conflict with "me" using v1: .data.x',
    status: {
      details: {
        causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "me" using v1', field: '.data.x' }],
      },
    },
  });
  const forced = await applyToObject({ ...request, force: true }, writer('kubectl'));
  expect(forced.object).toMatchObject({ data: { x: '2', y: '1' } });
  expect(forced.entries.map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
    ['kubectl', { 'f:data': { 'f:x': {} } }],
    ['me', { 'f:data': { '.': {}, 'f:y': {} } }],
  ]);
});

it('lists several conflicts by manager, with the subresource', async () => {
  const live = config({ x: '1', y: '1' });
  const entries = await entriesAfterWrite({ next: live }, [], writer('me', { subresource: 'status' }));
  const request = { live, config: config({ x: '2', y: '2' }), entries, force: false };
  await expect(applyToObject(request, writer('kubectl'))).rejects.toThrow(
    'Apply failed with 2 conflicts: conflicts with "me" with subresource "status" using v1:\n- .data.x\n- .data.y',
  );
});

it('gives what nobody was known to own to before-first-apply', async () => {
  const live = config({ x: '1' });
  const applied = await applyToObject(
    { live, config: config({ x: '1' }), entries: [], force: false },
    writer('kubectl'),
  );
  expect(applied.entries.map(({ manager }) => manager)).toEqual(['kubectl', 'before-first-apply']);
});

it('does not begin to track an object at an update', async () => {
  expect(await entriesAfterWrite({ live: config({}), next: config({ x: '1' }) }, [], writer('me'))).toEqual([]);
});

it('leaves the entries alone when nothing changes', async () => {
  const live = config({ x: '1' });
  const entries = await entriesAfterWrite({ next: live }, [], writer('me'));
  expect(await entriesAfterWrite({ live, next: live }, entries, writer('other', { now: 60_000 }))).toEqual(entries);
});

it('keeps ten who update and one for those before', async () => {
  let data: Readonly<Record<string, string>> = { n: '0' };
  let live = config(data);
  let entries = await entriesAfterWrite({ next: live }, [], writer('m00'));
  for (let n = 1; n < 15; n += 1) {
    data = { ...data, [`k${n}`]: '1' };
    const next = config(data);
    entries = await entriesAfterWrite(
      { live, next },
      entries,
      writer(`m${String(n).padStart(2, '0')}`, { now: n * 1000 }),
    );
    live = next;
  }
  expect(entries).toHaveLength(10);
  expect(entries[0]?.manager).toBe('ancient-changes');
  expect(Object.keys(entries[0]?.fieldsV1?.['f:data'] ?? {})).toContain('f:k5');
});

it.each<[string, readonly ManagedFieldsEntry[] | undefined, string, readonly string[]]>([
  ['keeps the live entries where none are sent', undefined, '', ['live']],
  ['forgets all for an empty list', [], '', []],
  ['forgets all for one empty entry', [{}], '', []],
  ['keeps the live ones where those sent make no sense', [{ manager: 'x', operation: 'Update' }], '', ['live']],
  [
    'takes entries that are sent',
    [{ manager: 'x', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1' }],
    '',
    ['x'],
  ],
  ['takes none from a subresource', [], 'status', ['live']],
])('%s', (_name, sent, subresource, managers) => {
  expect(entriesToStartFrom(sent, [{ manager: 'live' }], subresource).map(({ manager }) => manager)).toEqual(managers);
});
