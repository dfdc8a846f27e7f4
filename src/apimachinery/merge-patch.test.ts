import { expect, it } from 'vitest';
import { deepFreeze } from './freeze.ts';
import { applyMergePatch } from './merge-patch.ts';

/** RFC 7386, appendix A. */
it.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j with %j is %j', (original, patch, expected) => {
  expect(applyMergePatch(deepFreeze(original), deepFreeze(patch))).toEqual(expected);
});

it('shares what did not change', () => {
  const original = { spec: { a: 1 }, metadata: { labels: { x: 'y' } } };
  const patched = applyMergePatch(original, { spec: { a: 2 } });
  expect(patched).toHaveProperty(
    'metadata',
    expect.toSatisfy((metadata) => metadata === original.metadata),
  );
});
