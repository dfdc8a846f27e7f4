import { expect, it } from 'vitest';
import { fieldsLost, formatPath } from './field-path.ts';

it.each([
  ['nothing', { spec: { a: 1 } }, { spec: { a: 1 } }, []],
  ['a field', { spec: {} }, { spec: { a: 1 } }, ['.spec.a']],
  ['a field of an item', { spec: [{ a: 1 }, {}] }, { spec: [{ a: 1 }, { b: 1 }] }, ['.spec[].b']],
  ['once what all items lack', { spec: [{}, {}] }, { spec: [{ b: 1 }, { b: 2 }] }, ['.spec[].b']],
  ['not what is empty', {}, { a: '', b: 0, c: false, d: [], e: {}, f: null, g: { h: [] } }, []],
  ['not what is spelled otherwise', { cpu: '1' }, { cpu: '1000m' }, []],
  ['not within lists of other lengths', { spec: [] }, { spec: [{ a: 1 }] }, []],
  ['not what only the other has', { a: 1, b: 1 }, { a: 1 }, []],
])('finds the fields that are lost: %s', (_what, actual, wanted, lost) => {
  expect(fieldsLost(actual, wanted).map(formatPath)).toEqual(lost);
});
