import { describe, expect, it } from 'vitest';
import { deepFreeze } from './freeze.ts';
import type { FieldSchema, FieldType, TypeSchema, TypeTable } from './schema.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

const field = (name: string, type: FieldType, more: Partial<FieldSchema> = {}): FieldSchema => ({
  name,
  type,
  number: 0,
  pointer: false,
  omitEmpty: true,
  inline: false,
  required: false,
  ...more,
});

const text: FieldType = { kind: 'string' };
const ref = (name: string): FieldType => ({ kind: 'ref', name });
const list = (items: FieldType): FieldType => ({ kind: 'list', items });
const merging = (patchMergeKey: string) => ({ patchMergeKey, patchStrategies: ['merge'] as const });

const types: readonly TypeSchema[] = [
  {
    name: 'Root',
    fields: [
      field('spec', ref('Spec')),
      field('labels', { kind: 'map', values: text }),
      field('finalizers', list(text), { patchStrategies: ['merge'] }),
      field('', ref('Inlined'), { inline: true }),
    ],
  },
  { name: 'Inlined', fields: [field('owners', list(ref('Item')), merging('uid'))] },
  {
    name: 'Spec',
    fields: [
      field('containers', list(ref('Item')), merging('name')),
      field('tolerations', list(ref('Item'))),
      field('strategy', ref('Item'), { patchStrategies: ['retainKeys'] }),
      field('whole', ref('Item'), { patchStrategies: ['replace'] }),
      field('byName', { kind: 'map', values: ref('Spec') }),
    ],
  },
  {
    name: 'Item',
    fields: [
      field('name', text),
      field('image', text),
      field('args', list(text)),
      field('ports', list(ref('Item')), merging('port')),
    ],
  },
];

const table: TypeTable = { get: (name) => types.find((type) => type.name === name) };
const apply = (original: unknown, patch: unknown) =>
  applyStrategicMergePatch(deepFreeze(original), deepFreeze(patch), 'Root', table);
const containers = (...items: readonly unknown[]) => ({ spec: { containers: items } });

describe('applyStrategicMergePatch', () => {
  it.each<[string, unknown, unknown, unknown]>([
    ['merges objects', { spec: { a: 1, b: 2 } }, { spec: { b: 3 } }, { spec: { a: 1, b: 3 } }],
    ['deletes by null', { labels: { a: '1', b: '2' } }, { labels: { a: null } }, { labels: { b: '2' } }],
    ['adds no nulls', {}, { labels: { a: null, b: '2' } }, { labels: { b: '2' } }],
    ['ignores a null of what is not there', { labels: {} }, { labels: { x: null } }, { labels: {} }],
    [
      'merges a list by its key',
      containers({ name: 'a', image: '1' }, { name: 'b' }),
      containers({ name: 'a', image: '2' }),
      containers({ name: 'a', image: '2' }, { name: 'b' }),
    ],
    [
      'adds in front of what it does not name',
      containers({ name: 'a' }),
      containers({ name: 'b' }),
      containers({ name: 'b' }, { name: 'a' }),
    ],
    [
      'keeps the order of the patch, and before it what stood before it',
      containers({ name: 'a' }, { name: 'c' }),
      containers({ name: 'c' }, { name: 'd' }),
      containers({ name: 'a' }, { name: 'c' }, { name: 'd' }),
    ],
    [
      'merges lists inside lists',
      containers({ name: 'a', ports: [{ port: 1, x: 1 }] }),
      containers({ name: 'a', ports: [{ port: 2 }, { port: 1, x: 2 }] }),
      containers({ name: 'a', ports: [{ port: 2 }, { port: 1, x: 2 }] }),
    ],
    [
      'replaces a list without a key',
      { spec: { tolerations: [1, 2] } },
      { spec: { tolerations: [3] } },
      { spec: { tolerations: [3] } },
    ],
    [
      'replaces primitives without a strategy',
      containers({ name: 'a', args: ['x'] }),
      containers({ name: 'a', args: ['y'] }),
      containers({ name: 'a', args: ['y'] }),
    ],
    [
      'adds to a set of primitives',
      { finalizers: ['a', 'b'] },
      { finalizers: ['c', 'a'] },
      { finalizers: ['c', 'a', 'b'] },
    ],
    [
      'deletes an item',
      containers({ name: 'a' }, { name: 'b' }),
      containers({ name: 'a', $patch: 'delete' }),
      containers({ name: 'b' }),
    ],
    [
      'deletes an item that is not there',
      containers({ name: 'a' }),
      containers({ name: 'x', $patch: 'delete' }),
      containers({ name: 'a' }),
    ],
    [
      'drops deletions from a new list',
      { spec: {} },
      containers({ name: 'x', $patch: 'delete' }, { name: 'y' }),
      containers({ name: 'y' }),
    ],
    [
      'makes a list where there is none for the directive to replace',
      {},
      containers({ name: 'c' }, { $patch: 'replace' }),
      containers({ name: 'c' }),
    ],
    [
      'replaces a list by directive',
      containers({ name: 'a' }, { name: 'b' }),
      containers({ name: 'c' }, { $patch: 'replace' }),
      containers({ name: 'c' }),
    ],
    [
      'replaces an object by directive',
      { spec: { a: 1, b: 2 } },
      { spec: { $patch: 'replace', c: 3 } },
      { spec: { c: 3 } },
    ],
    ['empties an object by directive', { spec: { a: 1 } }, { spec: { $patch: 'delete' } }, { spec: {} }],
    [
      'takes merge for what it does anyway',
      { spec: { a: 1 } },
      { spec: { $patch: 'merge', b: 2 } },
      { spec: { a: 1, b: 2 } },
    ],
    [
      'replaces fields with that strategy',
      { spec: { whole: { a: 1 } } },
      { spec: { whole: { b: 2 } } },
      { spec: { whole: { b: 2 } } },
    ],
    [
      'retains keys',
      { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: {} } } },
      { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
      { spec: { strategy: { type: 'Recreate' } } },
    ],
    [
      'drops $retainKeys of what is new',
      { spec: {} },
      { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
      { spec: { strategy: { type: 'Recreate' } } },
    ],
    [
      'deletes from a set of primitives',
      { finalizers: ['a', 'b', 'c'] },
      { '$deleteFromPrimitiveList/finalizers': ['b'] },
      { finalizers: ['a', 'c'] },
    ],
    [
      'deletes and adds in one set',
      { finalizers: ['a', 'b'] },
      { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['c'] },
      { finalizers: ['c', 'b'] },
    ],
    [
      'orders items as $setElementOrder says',
      containers({ name: 'a' }, { name: 'b' }, { name: 'c' }),
      { spec: { '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }, { name: 'b' }] } },
      containers({ name: 'c' }, { name: 'a' }, { name: 'b' }),
    ],
    [
      'places what $setElementOrder does not name by its live order',
      containers({ name: 'server' }, { name: 'a' }, { name: 'b' }),
      {
        spec: {
          '$setElementOrder/containers': [{ name: 'b' }, { name: 'new' }, { name: 'a' }],
          containers: [{ name: 'new' }],
        },
      },
      containers({ name: 'server' }, { name: 'b' }, { name: 'new' }, { name: 'a' }),
    ],
    [
      'orders primitives',
      { finalizers: ['a', 'b'] },
      { '$setElementOrder/finalizers': ['b', 'c', 'a'], finalizers: ['c'] },
      { finalizers: ['b', 'c', 'a'] },
    ],
    ['ignores an order of what is not there', {}, { '$setElementOrder/finalizers': ['b'] }, {}],
    [
      'looks into inlined types',
      { owners: [{ uid: '1' }] },
      { owners: [{ uid: '2' }] },
      { owners: [{ uid: '2' }, { uid: '1' }] },
    ],
    [
      'merges the values of a map of objects',
      { spec: { byName: { x: { containers: [{ name: 'a' }] } } } },
      { spec: { byName: { x: { containers: [{ name: 'b' }] } } } },
      { spec: { byName: { x: { containers: [{ name: 'b' }, { name: 'a' }] } } } },
    ],
    [
      'keeps double keys of a new list for validation to judge',
      { spec: {} },
      containers({ name: 'a' }, { name: 'a' }),
      containers({ name: 'a' }, { name: 'a' }),
    ],
    [
      'keeps double keys that were there',
      containers({ name: 'a', x: 1 }, { name: 'a', x: 2 }),
      { spec: { a: 1 } },
      {
        spec: {
          a: 1,
          containers: [
            { name: 'a', x: 1 },
            { name: 'a', x: 2 },
          ],
        },
      },
    ],
    [
      'changes types',
      { spec: { strategy: 'text' } },
      { spec: { strategy: { type: 'x' } } },
      { spec: { strategy: { type: 'x' } } },
    ],
  ])('%s', (_name, original, patch, expected) => {
    expect(apply(original, patch)).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['a list item without its key', containers({ image: 'x' })],
    ['an unknown directive', { spec: { $patch: 'frob' } }],
    ['an order that is no list', { '$setElementOrder/finalizers': 'a' }],
    ['a patch against its own order', { finalizers: ['a', 'b'], '$setElementOrder/finalizers': ['b', 'a'] }],
    ['a patch that is no object', []],
    ['$retainKeys that leave out what is set', { spec: { strategy: { $retainKeys: ['x'], type: 'y' } } }],
  ])('answers 400 to %s', (_name, patch) => {
    expect(() => apply({ spec: { containers: [{ name: 'a' }], strategy: {} }, finalizers: ['z'] }, patch)).toThrow(
      expect.objectContaining({ code: 400 }),
    );
  });

  it('shares what did not change', () => {
    const original = { spec: { a: 1 }, labels: { a: 'b' } };
    const patched = apply(original, { spec: { a: 2 } });
    expect(patched).toHaveProperty(
      'labels',
      expect.toSatisfy((labels) => labels === original.labels),
    );
  });
});
