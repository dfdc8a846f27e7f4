import { expect, it } from 'vitest';
import type { Schema } from './schema.ts';
import { validateListTypes } from './list-types.ts';
import { validateChange, validateValue } from './validate.ts';

const texts = (value: unknown, schema: Schema) =>
  validateValue(value, { type: 'object', properties: { x: schema } }).map(
    ({ field, message }) => `${field}: ${message}`,
  );

it.each<[unknown, Schema, readonly string[]]>([
  ['a', { type: 'integer' }, ['x: Invalid value: "string": x in body must be of type integer: "string"']],
  [1.5, { type: 'integer' }, ['x: Invalid value: "number": x in body must be of type integer: "number"']],
  [1, { type: 'number' }, []],
  [null, { type: 'string' }, ['x: Invalid value: "null": x in body must be of type string: "null"']],
  [null, { type: 'string', nullable: true }, []],
  [
    true,
    { 'x-kubernetes-int-or-string': true },
    ['x: Invalid value: "boolean": x in body must be of type integer,string: "boolean"'],
  ],
  ['50%', { 'x-kubernetes-int-or-string': true }, []],
  [11, { type: 'integer', maximum: 10 }, ['x: Invalid value: 11: x in body should be less than or equal to 10']],
  [
    10,
    { type: 'integer', maximum: 10, exclusiveMaximum: true },
    ['x: Invalid value: 10: x in body should be less than 10'],
  ],
  [0, { type: 'integer', minimum: 1 }, ['x: Invalid value: 0: x in body should be greater than or equal to 1']],
  [
    1,
    { type: 'integer', minimum: 1, exclusiveMinimum: true },
    ['x: Invalid value: 1: x in body should be greater than 1'],
  ],
  [0.3, { type: 'number', multipleOf: 0.1 }, []],
  [5, { type: 'integer', multipleOf: 2 }, ['x: Invalid value: 5: x in body should be a multiple of 2']],
  ['', { type: 'string', minLength: 1 }, ['x: Invalid value: "": x in body should be at least 1 chars long']],
  ['äöü', { type: 'string', maxLength: 3 }, []],
  ['abcd', { type: 'string', maxLength: 3 }, ['x: Too long: may not be more than 3 bytes']],
  ['B', { type: 'string', pattern: '^[a-z]$' }, ['x: Invalid value: "B": x in body should match \'^[a-z]$\'']],
  ['c', { type: 'string', enum: ['b', 'a'] }, ['x: Unsupported value: "c": supported values: "b", "a"']],
  [
    'soon',
    { type: 'string', format: 'date-time' },
    ['x: Invalid value: "soon": x in body must be of type date-time: "soon"'],
  ],
  ['anything', { type: 'string', format: 'unheard-of' }, []],
  [[], { type: 'array', minItems: 1 }, ['x: Invalid value: 0: x in body should have at least 1 items']],
  [[1, 2, 3], { type: 'array', maxItems: 2 }, ['x: Too many: 3: must have at most 2 items']],
  [
    ['a', 1],
    { type: 'array', items: { type: 'string' } },
    ['x[1]: Invalid value: "integer": x[1] in body must be of type string: "integer"'],
  ],
  [{}, { type: 'object', required: ['y'] }, ['x.y: Required value']],
  [{}, { type: 'object', minProperties: 1 }, ['x: Invalid value: 0: x in body should have at least 1 properties']],
  [{ a: 1, b: 2 }, { type: 'object', maxProperties: 1 }, ['x: Too many: 2: must have at most 1 items']],
  [
    { a: 'b' },
    { type: 'object', additionalProperties: { type: 'integer' } },
    ['x.a: Invalid value: "string": x.a in body must be of type integer: "string"'],
  ],
  ['a', { type: 'string', not: { enum: ['a'] } }, ['<nil>: Invalid value: "": "x" must not validate the schema (not)']],
  [
    5,
    { type: 'integer', oneOf: [{ minimum: 1 }, { maximum: 9 }] },
    ['<nil>: Invalid value: "": "x" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
  ],
  [
    {},
    { type: 'object', properties: { a: { type: 'string' } }, anyOf: [{ required: ['a'] }] },
    ['<nil>: Invalid value: "": "x" must validate at least one schema (anyOf)', 'x.a: Required value'],
  ],
])('%j under %j', (value, schema, expected) => {
  expect(texts({ x: value }, schema)).toEqual(expected);
});

it('lets a change leave what was wrong before', () => {
  const schema: Schema = {
    type: 'object',
    properties: {
      a: { type: 'string', maxLength: 1 },
      b: { type: 'string', maxLength: 1 },
      list: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        items: { type: 'object', properties: { name: { type: 'string' }, v: { type: 'integer', maximum: 1 } } },
      },
    },
  };
  const old = { a: 'long', b: 'x', list: [{ name: 'p', v: 5 }] };
  const fields = (next: object) => validateChange(next, old, schema).map(({ field }) => field);
  expect(fields({ ...old, b: 'y' })).toEqual([]);
  expect(fields({ ...old, a: 'longer' })).toEqual(['a']);
  expect(
    fields({
      ...old,
      list: [
        { name: 'n', v: 0 },
        { name: 'p', v: 5 },
      ],
    }),
  ).toEqual([]);
  expect(fields({ ...old, list: [{ name: 'p', v: 6 }] })).toEqual(['list[0].v']);
});

it('finds what stands twice in sets and maps', () => {
  const set: Schema = { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } };
  const map: Schema = { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] };
  const of = (value: unknown, schema: Schema) =>
    validateListTypes({ x: value }, { properties: { x: schema } }).map(({ field, message }) => `${field}: ${message}`);
  expect(of(['a', 'b', 'a', 'a'], set)).toEqual(['x[2]: Duplicate value: "a"']);
  expect(of([{ k: 1 }, { k: 2 }, { k: 1, v: 3 }], map)).toEqual(['x[2]: Duplicate value: {"k":1}']);
  expect(of([{ k: 1 }, 5], map)).toEqual(['x[1]: Invalid value: 5: must be an object for an array of list-type map']);
  expect(of([{}, {}], map)).toEqual(['x[1]: Duplicate value: {}']);
});
