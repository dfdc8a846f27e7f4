import { expect, it } from 'vitest';
import { fieldsOf, merged3, parseFields } from './three-way.ts';

it.each([
  ['keeps what others added', { a: 1, theirs: { b: 2 } }, { a: 2 }, { a: 1 }, { a: 2, theirs: { b: 2 } }],
  ['takes away what it wrote', { a: 1, b: 2 }, { a: 1 }, { a: 1, b: 1 }, { a: 1 }],
  ['takes away deep down', { a: { b: 1, theirs: 2 } }, { a: {} }, { a: { b: 1 } }, { a: { theirs: 2 } }],
  ['takes away whole objects of its own', { a: { b: 1 } }, {}, { a: { b: 1 } }, {}],
  ['leaves in them what is not', { a: { b: 1, theirs: 2 } }, {}, { a: { b: 1 } }, { a: { theirs: 2 } }],
  ['replaces lists', { a: [1, 2] }, { a: [3] }, { a: 1 }, { a: [3] }],
  ['puts an object where something else was', { a: 1 }, { a: { b: 1 } }, { a: 1 }, { a: { b: 1 } }],
] as const)('%s', (_what, present, wanted, written, result) => {
  expect(merged3(present, wanted, written)).toEqual(result);
});

it('remembers fields, not what is in them', () => {
  expect(fieldsOf({ a: 'secret', b: { c: [{ d: 1 }], e: {} } })).toEqual({ a: 1, b: { c: 1, e: {} } });
  expect(parseFields('{"a":1,"b":{"c":1}}')).toEqual({ a: 1, b: { c: 1 } });
  for (const text of ['{', '[]', '{"a":2}', undefined]) expect(parseFields(text)).toBeUndefined();
});
