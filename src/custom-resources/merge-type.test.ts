import { expect, it } from 'vitest';
import { createMergeTypes, mergeObjects } from '../apimachinery/index.ts';
import { typeTable } from '../apis/index.ts';
import { customMergeType } from './merge-type.ts';
import type { Schema } from './schema/schema.ts';

const text: Schema = { type: 'string' };
const schema: Schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        plain: { type: 'array', items: text },
        tags: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
        ports: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['port'],
          items: { type: 'object', properties: { port: { type: 'integer' }, name: text, other: text } },
        },
        whole: { type: 'object', 'x-kubernetes-map-type': 'atomic', additionalProperties: text },
        parts: { type: 'object', additionalProperties: text },
        any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
};

it.each([
  ['plain', ['a'], ['b'], ['b']],
  ['tags', ['a'], ['b'], ['a', 'b']],
  ['ports', [{ port: 1, name: 'x', other: 'o' }], [{ port: 1, name: 'y' }], [{ port: 1, name: 'y', other: 'o' }]],
  ['whole', { a: '1' }, { b: '2' }, { b: '2' }],
  ['parts', { a: '1' }, { b: '2' }, { a: '1', b: '2' }],
  ['any', { a: { b: 1 } }, { a: { c: 2 } }, { a: { b: 1, c: 2 } }],
])('merges %s as its schema says', (field, live, applied, expected) => {
  const type = customMergeType(schema)(createMergeTypes(typeTable));
  const merged = mergeObjects({ spec: { [field]: live } }, { spec: { [field]: applied } }, type);
  expect(merged).toEqual({ spec: { [field]: expected } });
});
