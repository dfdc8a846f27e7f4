import { expect, it } from 'vitest';
import { FakeClock } from '../../src/component-base/index.ts';
import { TroubledCopies } from './troubled-copies.ts';

it('knows of each copy what is wrong with it and since when', async () => {
  const clock = new FakeClock();
  const copies = new TroubledCopies(clock);
  const since = clock.now();
  expect(copies.note('east', 'shop/a', 'drift')).toBe(true);
  await clock.advance(1_000);
  expect(copies.note('east', 'shop/a', 'drift')).toBe(false);
  expect(copies.of('shop/a').get('east')).toEqual({ trouble: 'drift', since });
  expect(copies.note('east', 'shop/a', 'failed')).toBe(true);
  expect(copies.of('shop/a').get('east')).toEqual({ trouble: 'failed', since: since + 1_000 });
  expect(copies.note('east', 'shop/a', undefined)).toBe(true);
  expect(copies.note('east', 'shop/a', undefined)).toBe(false);
  expect(copies.of('shop/a').size).toBe(0);
});

it('counts them by cluster, without those that have left', () => {
  const copies = new TroubledCopies(new FakeClock());
  copies.note('east', 'shop/a', 'conflict');
  copies.note('east', 'shop/b', 'conflict');
  copies.note('west', 'shop/a', 'held');
  expect([...copies.counts()].map(([cluster, counts]) => [cluster, Object.fromEntries(counts)])).toEqual([
    ['east', { conflict: 2 }],
    ['west', { held: 1 }],
  ]);
  copies.forgetCluster('east');
  copies.forgetObject('shop/a');
  expect([...copies.counts()]).toEqual([]);
});

it('recalls what was known before, until it knows more itself', () => {
  const clock = new FakeClock();
  const copies = new TroubledCopies(clock);
  const before = new Map([['east', { trouble: 'drift' as const, since: 5 }]]);
  copies.recall('shop/a', before);
  expect(copies.note('east', 'shop/a', 'drift')).toBe(false);
  expect(copies.of('shop/a').get('east')?.since).toBe(5);
  expect(copies.note('east', 'shop/a', undefined)).toBe(true);
  copies.recall('shop/a', before);
  expect(copies.of('shop/a').size).toBe(0);
  copies.forgetObject('shop/a');
  copies.recall('shop/a', before);
  expect(copies.of('shop/a').size).toBe(1);
});

it('tells whose copies are otherwise than they were', () => {
  const copies = new TroubledCopies(new FakeClock());
  const told: string[] = [];
  const remove = copies.onChange((key) => told.push(key));
  copies.note('east', 'shop/a', 'drift');
  copies.note('east', 'shop/a', 'drift');
  copies.note('east', 'shop/b', undefined);
  copies.note('east', 'shop/a', undefined);
  remove();
  copies.note('east', 'shop/a', 'held');
  expect(told).toEqual(['shop/a', 'shop/a']);
});
