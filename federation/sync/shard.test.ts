import { expect, it } from 'vitest';
import type { KubeObject } from '../../src/apimachinery/index.ts';
import type { FederatedType } from './federated-type.ts';
import { hasAll } from './owned-fields.ts';
import { isShardOf, isUpToDate, replacement, shardOf } from './shard.ts';

interface Thing extends KubeObject {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: string;
}

const type: FederatedType<Thing> = {
  resource: { group: '', version: 'v1', kind: 'Thing', plural: 'things', namespaced: true },
  rank: 0,
  toMember: ({ status: _own, ...thing }) => thing,
  equivalent: (desired, member) => hasAll(member.spec, desired.spec),
};

function thing(spec: Thing['spec'], metadata: Partial<KubeObject['metadata']> = {}): Thing {
  return {
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: 'u1',
      resourceVersion: '7',
      finalizers: ['orphan'],
      ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'x' }],
      ...metadata,
    },
    ...(spec === undefined ? {} : { spec }),
    status: 'federated',
  };
}

/** As a member stores it: an identity of its own, defaults filled in. */
function stored(shard: Thing, defaults: Thing['spec'] = {}): Thing {
  return {
    ...shard,
    metadata: { ...shard.metadata, uid: 'm1', resourceVersion: '900' },
    spec: { ...defaults, ...shard.spec },
    status: 'member',
  };
}

it('copies names, labels, annotations and payload, and nothing that belongs to the federated object', () => {
  const shard = shardOf(type, thing({ a: 1 }, { labels: { app: 'web' }, annotations: { note: 'x' } }), {}, 'fed');
  expect(shard.metadata.labels).toEqual({ app: 'web', 'federation.koinon.dev/managed-by': 'fed' });
  expect(shard.metadata.annotations).toMatchObject({ note: 'x', 'federation.koinon.dev/federated-uid': 'u1' });
  for (const field of ['uid', 'resourceVersion', 'finalizers', 'ownerReferences']) {
    expect(shard.metadata).not.toHaveProperty(field);
  }
  expect(shard.status).toBeUndefined();
});

it('leaves annotations at home that say something of the federated object only', () => {
  const annotations = { 'federation.kubernetes.io/service-ingresses': '{}', 'federation.koinon.dev/adopt': 'true' };
  const keys = Object.keys(shardOf(type, thing({}, { annotations }), {}, 'fed').metadata.annotations ?? {});
  expect(keys.sort()).toEqual(['federation.koinon.dev/applied', 'federation.koinon.dev/federated-uid']);
});

it('knows its own shards from others', () => {
  expect(isShardOf('fed', shardOf(type, thing({}), {}, 'fed'))).toBe(true);
  expect(isShardOf('other', shardOf(type, thing({}), {}, 'fed'))).toBe(false);
  expect(isShardOf('fed', thing({}))).toBe(false);
});

it('is content with what the member defaults and adds', () => {
  const desired = shardOf(type, thing({ a: 1, nested: { b: [1, 2] } }), {}, 'fed');
  const member = stored(desired, { c: 3 });
  const labelled = { ...member, metadata: { ...member.metadata, labels: { ...member.metadata.labels, extra: '1' } } };
  expect(isUpToDate(type, desired, labelled)).toBe(true);
});

it.each([
  ['a changed field', { a: 2 }],
  ['a field taken away', {}],
  ['a field put back', { a: 1, b: 1 }],
])('sees %s', (_what, spec) => {
  const member = stored(shardOf(type, thing({ a: 1 }), {}, 'fed'));
  expect(isUpToDate(type, shardOf(type, thing(spec), {}, 'fed'), member)).toBe(false);
});

it('sees drift in the member', () => {
  const desired = shardOf(type, thing({ a: 1 }, { labels: { app: 'web' } }), {}, 'fed');
  const member = stored(desired);
  expect(isUpToDate(type, desired, { ...member, spec: { a: 5 } })).toBe(false);
  const relabelled = { ...member.metadata.labels, app: 'mine' };
  expect(isUpToDate(type, desired, { ...member, metadata: { ...member.metadata, labels: relabelled } })).toBe(false);
});

it('takes away labels and annotations that it wrote and no longer wants, and no others', () => {
  const before = shardOf(type, thing({}, { labels: { old: '1', app: 'a' }, annotations: { old: '1' } }), {}, 'fed');
  const stays = { labels: { ...before.metadata.labels, theirs: '1' }, finalizers: ['theirs'] };
  const member = { ...stored(before), metadata: { ...stored(before).metadata, ...stays } };
  const desired = shardOf(type, thing({}, { labels: { app: 'b' } }), {}, 'fed');
  const next = replacement(type, desired, member);
  expect(next.metadata.labels).toEqual({ app: 'b', theirs: '1', 'federation.koinon.dev/managed-by': 'fed' });
  expect(next.metadata.annotations).not.toHaveProperty('old');
  expect(next.metadata).toMatchObject({ uid: 'm1', resourceVersion: '900', finalizers: ['theirs'] });
  expect(next.status).toBe('member');
  expect(isUpToDate(type, desired, next)).toBe(true);
});

it.each([
  [{ a: 1 }, { a: 1, b: 2 }, true],
  [{ a: null, b: [] }, {}, true],
  [{ a: [{ x: 1 }] }, { a: [{ x: 1, y: 2 }] }, true],
  [{ a: [1] }, { a: [1, 2] }, false],
  [{ a: { b: 1 } }, { a: [1] }, false],
  [{ a: {} }, {}, true],
  [{ a: { b: 1 } }, {}, false],
  [{ a: 0 }, {}, false],
])('asks of %j whether %j has all: %s', (wanted, actual, all) => {
  expect(hasAll(actual, wanted)).toBe(all);
});
