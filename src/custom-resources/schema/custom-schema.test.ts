import { expect, it } from 'vitest';
import { deepFreeze } from '../../apimachinery/index.ts';
import { customSchema } from './custom-schema.ts';
import type { Schema } from './schema.ts';

const meta = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' } };

function of(schema: Schema) {
  return customSchema({ type: 'object', properties: { spec: schema } });
}

it.each<[string, Schema, unknown, unknown, readonly string[]]>([
  ['drops what it does not know', { type: 'object', properties: { a: {} } }, { a: 1, b: 2 }, { a: 1 }, ['spec.b']],
  [
    'looks into lists and maps',
    {
      type: 'object',
      properties: { list: { type: 'array', items: { type: 'object', properties: { a: {} } } } },
    },
    { list: [{ a: 1 }, { b: 2 }] },
    { list: [{ a: 1 }, {}] },
    ['spec.list[1].b'],
  ],
  [
    'keeps the keys of maps',
    { type: 'object', additionalProperties: { type: 'object', properties: { a: {} } } },
    { any: { a: 1, b: 2 } },
    { any: { a: 1 } },
    ['spec.any.b'],
  ],
  [
    'keeps everything where it was told to, and still prunes what it knows there',
    {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { known: { type: 'object', properties: { a: {} } } },
    },
    { any: { b: 1 }, known: { a: 1, b: 2 } },
    { any: { b: 1 }, known: { a: 1 } },
    ['spec.known.b'],
  ],
  [
    'keeps what every object has in embedded ones',
    { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: {} } },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: 1, status: 2 },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: 1 },
    ['spec.status'],
  ],
])('%s', (_name, schema, spec, expected, unknownFields) => {
  const object = deepFreeze({ ...meta, spec });
  const read = of(schema).read(object);
  expect(read).toEqual({ object: { ...meta, spec: expected }, unknownFields });
});

it.each<[string, Schema, unknown, unknown]>([
  ['fills in what is missing', { type: 'object', properties: { a: { default: 1 } } }, {}, { a: 1 }],
  ['leaves what is there', { type: 'object', properties: { a: { default: 1 } } }, { a: 0 }, { a: 0 }],
  ['takes null for nothing', { type: 'object', properties: { a: { default: 1 } } }, { a: null }, { a: 1 }],
  ['drops null where there is no default', { type: 'object', properties: { a: {} } }, { a: null }, {}],
  [
    'keeps a null that may be',
    { type: 'object', properties: { a: { default: 1, nullable: true } } },
    { a: null },
    { a: null },
  ],
  [
    'completes defaults by those inside them',
    { type: 'object', properties: { a: { type: 'object', default: {}, properties: { b: { default: 2 } } } } },
    {},
    { a: { b: 2 } },
  ],
  [
    'looks into lists',
    { type: 'array', items: { type: 'object', properties: { a: { default: 1 } } } },
    [{}, { a: 2 }],
    [{ a: 1 }, { a: 2 }],
  ],
])('%s', (_name, schema, spec, expected) => {
  expect(of(schema).complete(deepFreeze({ ...meta, spec }))).toEqual({ ...meta, spec: expected });
});

it('gives the very same object when there is nothing to do', () => {
  const object = deepFreeze({ ...meta, spec: { a: 1 } });
  const schema = of({ type: 'object', properties: { a: { default: 5 } } });
  expect(schema.complete(object)).toBe(object);
  expect(schema.read(object).object).toBe(object);
});

it('knows the metadata of embedded objects', () => {
  const schema = of({
    type: 'object',
    properties: {
      template: {
        type: 'object',
        'x-kubernetes-embedded-resource': true,
        'x-kubernetes-preserve-unknown-fields': true,
      },
    },
  });
  const template = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', odd: 1 }, spec: {} };
  const { object, unknownFields } = schema.read({ ...meta, ...{ spec: { template } } });
  expect(object).toMatchObject({ spec: { template: { metadata: { name: 'p' } } } });
  expect(unknownFields).toEqual(['spec.template.metadata.odd']);
  const errors = (wrong: object) =>
    schema.validate({ ...meta, ...{ spec: { template: wrong } } }).map(({ field, message }) => `${field}: ${message}`);
  expect(errors({ ...template, metadata: {} })).toEqual([]);
  expect(errors({ kind: 'Pod', metadata: { name: 'A' } })).toEqual([
    'spec.template.apiVersion: Required value: must not be empty',
    expect.stringContaining('spec.template.metadata.name: Invalid value: "A"'),
  ]);
});
