import { expect, it } from 'vitest';
import { distancesAfter } from './distances.ts';

const at = (...pairs: readonly (readonly [string, number])[]) => ({
  distances: pairs.map(([cluster, milliseconds]) => ({ cluster, milliseconds })),
});

it('tells what is measured, in order, and nothing where nothing is', () => {
  expect(distancesAfter(undefined, { us: 90.4, asia: 150 })).toEqual(at(['asia', 150], ['us', 90]));
  expect(distancesAfter(undefined, {})).toEqual({});
  expect(distancesAfter(undefined, undefined)).toEqual({});
});

it('keeps what was told while it is about right, or nobody tells', () => {
  const { distances } = at(['asia', 150], ['us', 2]);
  expect(distancesAfter(distances, { asia: 180, us: 5 })).toEqual({ distances });
  expect(distancesAfter(distances, { asia: 200, us: 6 })).toEqual(at(['asia', 200], ['us', 6]));
  expect(distancesAfter(distances, undefined)).toEqual({ distances });
});

it('forgets what is measured no longer', () => {
  expect(distancesAfter(at(['asia', 150], ['us', 2]).distances, { us: 2 })).toEqual(at(['us', 2]));
});
