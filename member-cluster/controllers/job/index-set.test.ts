import { expect, it } from 'vitest';
import { IndexSet } from './index-set.ts';

it.each([
  ['', 10, ''],
  ['0', 10, '0'],
  ['0,1', 10, '0,1'],
  ['0-1', 10, '0,1'],
  ['0,1,2', 10, '0-2'],
  ['5,1-3,2-4', 10, '1-5'],
  ['0-20', 10, '0-9'],
  ['12', 10, ''],
  ['a,1-b,3', 10, '3'],
])('reads %j, of %i', (text, completions, expected) => {
  expect(IndexSet.parse(text, completions).toString()).toBe(expected);
});

it('knows its members and what is missing', () => {
  const set = IndexSet.parse('1,3-5,9', 12);
  expect(set.size).toBe(5);
  expect([0, 1, 2, 3, 5, 6, 9, 10].filter((index) => set.has(index))).toEqual([1, 3, 5, 9]);
  expect(set.missing(4, 12)).toEqual([0, 2, 6, 7]);
  expect(set.missing(20, 12)).toEqual([0, 2, 6, 7, 8, 10, 11]);
  expect(set.with([2, 10]).toString()).toBe('1-5,9,10');
  expect(set.overlap(IndexSet.parse('4-9', 12))).toBe(3);
});
