import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextStep, type Holding } from './replica-moves.ts';

const at = (name: string, target: number, present: number, ready = present): Holding => ({
  name,
  target,
  present,
  ready,
});
const step = (total: number, maxMoving: number, ...holdings: readonly Holding[]) =>
  Object.fromEntries(nextStep({ total, maxMoving, holdings }));

it('adds what is missing at once', () => {
  expect(step(6, 0, at('a', 3, 0), at('b', 3, 0))).toEqual({ a: 3, b: 3 });
  expect(step(6, 1, at('a', 3, 2), at('b', 3, 1))).toEqual({ a: 3, b: 3 });
});

it('takes what is too many at once', () => {
  expect(step(2, 0, at('a', 1, 3), at('b', 1, 3))).toEqual({ a: 1, b: 1 });
  expect(step(0, 1, at('a', 0, 3), at('b', 0, 3))).toEqual({ a: 0, b: 0 });
});

it('moves no faster than new ones become ready', () => {
  expect(step(8, 2, at('a', 4, 8), at('b', 4, 0))).toEqual({ a: 8, b: 2 });
  expect(step(8, 2, at('a', 4, 8), at('b', 4, 2, 0))).toEqual({ a: 8, b: 2 });
  expect(step(8, 2, at('a', 4, 8), at('b', 4, 2, 1))).toEqual({ a: 7, b: 3 });
  expect(step(8, 2, at('a', 4, 7), at('b', 4, 3, 3))).toEqual({ a: 5, b: 4 });
  expect(step(8, 2, at('a', 4, 5), at('b', 4, 4, 4))).toEqual({ a: 4, b: 4 });
  expect(step(8, 2, at('a', 4, 5), at('b', 4, 4, 3))).toEqual({ a: 5, b: 4 });
});

it('moves what is not ready anyway without waiting for it', () => {
  expect(step(4, 1, at('a', 2, 4, 2), at('b', 2, 0))).toEqual({ a: 2, b: 2 });
});

it('leaves what runs where it runs when nothing may move', () => {
  expect(step(4, 0, at('a', 2, 4), at('b', 2, 0))).toEqual({ a: 4, b: 0 });
  expect(step(5, 0, at('a', 2, 4), at('b', 3, 0))).toEqual({ a: 4, b: 1 });
});

const worlds = fc.record({
  maxMoving: fc.nat(4),
  clusters: fc.array(fc.record({ target: fc.nat(8), present: fc.nat(8), unready: fc.nat(3) }), {
    minLength: 1,
    maxLength: 5,
  }),
});
const holdingsOf = (clusters: readonly { target: number; present: number; unready: number }[]) =>
  clusters.map(({ target, present, unready }, index) =>
    at(`c${index}`, target, present, Math.max(0, present - unready)),
  );
const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);

it('never takes the ready ones below the total, nor asks for more beyond it than may move', () => {
  fc.assert(
    fc.property(worlds, ({ maxMoving, clusters }) => {
      const holdings = holdingsOf(clusters);
      const total = sum(holdings.map(({ target }) => target));
      const next = nextStep({ total, maxMoving, holdings });
      const present = sum(holdings.map((holding) => holding.present));
      const ready = sum(holdings.map((holding) => holding.ready));
      const left = sum(holdings.map((holding) => Math.min(holding.ready, next.get(holding.name) ?? 0)));
      if (present <= total + maxMoving) expect(left).toBeGreaterThanOrEqual(Math.min(total, ready));
      expect(sum(next.values())).toBeLessThanOrEqual(total + maxMoving);
      for (const { name, target, present: before } of holdings) {
        expect(next.get(name)).toBeGreaterThanOrEqual(Math.min(before, target));
        expect(next.get(name)).toBeLessThanOrEqual(Math.max(before, target));
      }
    }),
    { numRuns: 3_000 },
  );
});

it('arrives, once everything asked for is ready', () => {
  fc.assert(
    fc.property(worlds, ({ maxMoving, clusters }) => {
      let holdings = holdingsOf(clusters);
      const total = sum(holdings.map(({ target }) => target));
      for (let round = 0; round < 60; round++) {
        const next = nextStep({ total, maxMoving: maxMoving + 1, holdings });
        holdings = holdings.map(({ name, target }) => at(name, target, next.get(name) ?? 0));
      }
      expect(holdings.map(({ present }) => present)).toEqual(holdings.map(({ target }) => target));
    }),
    { numRuns: 1_000 },
  );
});
