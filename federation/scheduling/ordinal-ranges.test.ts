import { expect, it } from 'vitest';
import { ordinalLimits, ordinalStarts } from './ordinal-ranges.ts';

const given = (entries: Record<string, readonly [number, number]>) =>
  new Map(Object.entries(entries).map(([name, [start, replicas]]) => [name, { start, replicas }]));

it.each<[string, Parameters<typeof ordinalStarts>[0], Record<string, number>]>([
  [
    'one after the other, with room to grow',
    { base: 0, given: given({}), planned: new Map(), wanting: ['a', 'b', 'c'], total: 7 },
    { a: 0, b: 100, c: 200 },
  ],
  [
    'from where the set begins',
    { base: 5, given: given({}), planned: new Map(), wanting: ['a', 'b'], total: 7 },
    { a: 5, b: 105 },
  ],
  [
    'with more room for more pods',
    { base: 0, given: given({}), planned: new Map(), wanting: ['a', 'b'], total: 101 },
    { a: 0, b: 1_000 },
  ],
  [
    'what they have been given before',
    { base: 0, given: given({ b: [0, 3], c: [200, 1] }), planned: new Map(), wanting: ['a', 'b', 'c'], total: 7 },
    { a: 300, b: 0, c: 200 },
  ],
  [
    'nothing that another one has grown into',
    { base: 0, given: given({ a: [0, 250] }), planned: new Map(), wanting: ['b'], total: 90 },
    { a: 0, b: 300 },
  ],
  [
    'nothing that another one is to grow into',
    { base: 0, given: given({}), planned: new Map([['a', 120]]), wanting: ['a', 'b'], total: 90 },
    { a: 0, b: 200 },
  ],
  [
    'nothing below the base',
    { base: 1_000, given: given({ a: [0, 3] }), planned: new Map(), wanting: ['b'], total: 3 },
    { a: 0, b: 1_100 },
  ],
])('gives clusters numbers %s', (_case, request, expected) => {
  expect(Object.fromEntries([...ordinalStarts(request)].sort())).toEqual(expected);
});

it('lets no cluster grow into the numbers of the next', () => {
  const limits = ordinalLimits(new Map(Object.entries({ b: 100, a: 0, c: 300 })));
  expect(Object.fromEntries(limits)).toEqual({ a: 100, b: 200 });
});
