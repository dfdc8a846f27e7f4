import { describe, expect, it } from 'vitest';
import { deepFreeze } from './freeze.ts';
import { applyJsonPatch } from './json-patch.ts';

describe('applyJsonPatch', () => {
  it.each([
    ['adds a field', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    ['adds over a field', { a: 1 }, [{ op: 'add', path: '/a', value: 2 }], { a: 2 }],
    ['inserts into a list', { l: [1, 3] }, [{ op: 'add', path: '/l/1', value: 2 }], { l: [1, 2, 3] }],
    ['appends by -', { l: [1] }, [{ op: 'add', path: '/l/-', value: 2 }], { l: [1, 2] }],
    ['appends by length', { l: [1] }, [{ op: 'add', path: '/l/1', value: 2 }], { l: [1, 2] }],
    ['replaces the whole', { a: 1 }, [{ op: 'replace', path: '', value: { b: 1 } }], { b: 1 }],
    ['removes a field', { a: 1, b: 2 }, [{ op: 'remove', path: '/b' }], { a: 1 }],
    ['removes an item', { l: [1, 2] }, [{ op: 'remove', path: '/l/0' }], { l: [2] }],
    ['replaces an item', { l: [1, 2] }, [{ op: 'replace', path: '/l/1', value: 5 }], { l: [1, 5] }],
    ['moves', { a: { x: 1 }, b: {} }, [{ op: 'move', from: '/a/x', path: '/b/y' }], { a: {}, b: { y: 1 } }],
    ['moves within a list', { l: [1, 2, 3] }, [{ op: 'move', from: '/l/0', path: '/l/2' }], { l: [2, 3, 1] }],
    ['copies', { a: { x: 1 } }, [{ op: 'copy', from: '/a', path: '/b' }], { a: { x: 1 }, b: { x: 1 } }],
    [
      'reads escapes',
      { 'a/b': 1, 'c~d': 2 },
      [
        { op: 'remove', path: '/a~1b' },
        { op: 'remove', path: '/c~0d' },
      ],
      {},
    ],
    ['reads ~01 as ~1', { '~1': 1 }, [{ op: 'remove', path: '/~01' }], {}],
    [
      'tests by value',
      { a: { x: 1, y: [2] } },
      [{ op: 'test', path: '/a', value: { y: [2], x: 1 } }],
      { a: { x: 1, y: [2] } },
    ],
    ['adds null', {}, [{ op: 'add', path: '/a', value: null }], { a: null }],
  ])('%s', (_name, original, patch, expected) => {
    expect(applyJsonPatch(deepFreeze(original), deepFreeze(patch))).toEqual(expected);
  });

  it.each([
    ['a failed test', [{ op: 'test', path: '/a', value: 2 }]],
    ['a missing field to remove', [{ op: 'remove', path: '/x' }]],
    ['a missing field to replace', [{ op: 'replace', path: '/x', value: 1 }]],
    ['a missing parent', [{ op: 'add', path: '/x/y', value: 1 }]],
    ['an index out of range', [{ op: 'add', path: '/l/3', value: 1 }]],
    ['an index with a leading zero', [{ op: 'replace', path: '/l/00', value: 1 }]],
    ['a move into itself', [{ op: 'move', from: '/o', path: '/o/p' }]],
    ['an inherited field', [{ op: 'test', path: '/constructor', value: 1 }]],
    ['a step into a number', [{ op: 'add', path: '/a/b', value: 1 }]],
    ['an unknown operation', [{ op: 'frob', path: '/a' }]],
  ])('answers 422 to %s', (_name, patch) => {
    expect(() => applyJsonPatch({ a: 1, l: [1], o: {} }, patch)).toThrow(
      expect.objectContaining({
        code: 422,
        message: 'the server rejected our request due to an error in our request',
      }),
    );
  });

  it.each([
    ['an object', {}],
    ['a missing path', [{ op: 'remove' }]],
    ['a missing value', [{ op: 'add', path: '/b' }]],
    ['a path without a slash', [{ op: 'remove', path: 'a' }]],
    ['a string as operation', ['remove']],
  ])('answers 400 to %s', (_name, patch) => {
    expect(() => applyJsonPatch({ a: 1 }, patch)).toThrow(expect.objectContaining({ code: 400 }));
  });

  it('answers 413 to too many operations and to copies that explode', () => {
    const test = { op: 'test', path: '/a', value: 1 };
    expect(applyJsonPatch({ a: 1 }, Array(10_000).fill(test))).toEqual({ a: 1 });
    expect(() => applyJsonPatch({ a: 1 }, Array(10_001).fill(test))).toThrow(expect.objectContaining({ code: 413 }));
    const doubling = Array.from({ length: 20 }, (_, index) => ({ op: 'copy', from: '', path: `/${index}` }));
    expect(() => applyJsonPatch({ b: 'x'.repeat(1000) }, doubling)).toThrow(expect.objectContaining({ code: 413 }));
  });

  it('takes __proto__ for a field like any other', () => {
    const patched = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect(patched).toSatisfy((object: object) => Object.hasOwn(object, '__proto__'));
    expect(patched).not.toHaveProperty('polluted');
  });
});
