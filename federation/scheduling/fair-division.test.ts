import fc from 'fast-check';
import { expect, it } from 'vitest';
import { divideFairly, type Claim } from './fair-division.ts';

const divide = (total: number, claims: readonly Claim[], key = 'shop/web') =>
  Object.fromEntries(divideFairly(total, claims, key));
const equal = (...names: readonly string[]) => names.map((name) => ({ name, weight: 1 }));

it('divides evenly, without starving the last one', () => {
  expect(Object.values(divide(5, equal('a', 'b', 'c', 'd'))).sort()).toEqual([1, 1, 1, 2]);
  expect(Object.values(divide(9, equal('a', 'b', 'c', 'd'))).sort()).toEqual([2, 2, 2, 3]);
});

it('divides by weight, minimum and maximum', () => {
  const claims = [
    { name: 'a', weight: 3, max: 4 },
    { name: 'b', weight: 1, min: 2 },
    { name: 'c', weight: 0, min: 1 },
  ];
  expect(divide(8, claims)).toEqual({ a: 4, b: 3, c: 1 });
  expect(divide(3, claims)).toEqual({ a: 0, b: 2, c: 1 });
  expect(divide(2, claims)).toEqual({ a: 0, b: 1, c: 1 });
  expect(divide(0, claims)).toEqual({ a: 0, b: 0, c: 0 });
  expect(divide(8, [{ name: 'a', weight: 1, max: 3 }])).toEqual({ a: 3 });
  expect(divide(8, [{ name: 'a', weight: 0 }])).toEqual({ a: 0 });
});

it('scatters what there is one of', () => {
  const winners = new Set<string>();
  for (let index = 0; index < 50; index++) {
    const shares = divide(1, equal('a', 'b', 'c'), `shop/web-${index}`);
    winners.add(Object.keys(shares).find((name) => shares[name] === 1) ?? '');
  }
  expect(winners).toEqual(new Set(['a', 'b', 'c']));
});

const claims = fc
  .array(
    fc.record({
      weight: fc.oneof(fc.nat(5), fc.nat(1_000_000)),
      min: fc.nat(4),
      max: fc.option(fc.nat(30), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((all) =>
    all.map(({ max, ...claim }, index) => ({ ...claim, name: `c${index}`, ...(max === undefined ? {} : { max }) })),
  );

it('never takes from anybody what is more in all, and gives out all that may be had', () => {
  fc.assert(
    fc.property(fc.nat(200), claims, (total, some) => {
      const less = divideFairly(total, some, 'k');
      const more = divideFairly(total + 1, some, 'k');
      const sum = [...less.values()].reduce((all, count) => all + count, 0);
      const room = some.reduce(
        (all, { weight, min, max = Infinity }) => all + (weight > 0 ? max : Math.min(min, max)),
        0,
      );
      expect(sum).toBe(Math.min(total, room));
      for (const { name, max = Infinity } of some) {
        expect(less.get(name)).toBeLessThanOrEqual(more.get(name) ?? 0);
        expect(less.get(name)).toBeLessThanOrEqual(max);
      }
    }),
    { numRuns: 2_000 },
  );
});

it('gives the outcome of giving one by one', () => {
  const oneByOne = (total: number, some: readonly Claim[]) => {
    const counts = new Map(some.map(({ name }) => [name, 0]));
    for (let given = 1; given <= total; given++) {
      // The whole is asked for each time: only what grew since may have got the next.
      for (const [name, count] of divideFairly(given, some, 'k')) counts.set(name, count);
    }
    return counts;
  };
  fc.assert(
    fc.property(fc.nat(60), claims, (total, some) => {
      expect(divideFairly(total, some, 'k')).toEqual(oneByOne(total, some));
    }),
    { numRuns: 50 },
  );
});

it('stays within one of the exact share where nothing else is asked, and is quick', () => {
  const many = Array.from({ length: 100 }, (_, index) => ({ name: `c${index}`, weight: 1 + (index % 7) }));
  const weights = many.reduce((sum, { weight }) => sum + weight, 0);
  const shares = divideFairly(1_000_000, many, 'k');
  for (const { name, weight } of many) {
    expect(Math.abs((shares.get(name) ?? 0) - (1_000_000 * weight) / weights)).toBeLessThanOrEqual(1);
  }
});
