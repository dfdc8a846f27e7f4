import { expect, it } from 'vitest';
import { FakeClock } from '../../src/component-base/index.ts';
import { ContestedCopies } from './contested-copies.ts';

it('slows down where the same is written again and again, and only there', async () => {
  const clock = new FakeClock();
  const copies = new ContestedCopies(clock);
  const waits: number[] = [];
  for (let write = 0; write < 7; write++) {
    copies.note('east', 'shop/web', 'a');
    waits.push(copies.waitMs('east', 'shop/web', 'a'));
  }
  expect(waits).toEqual([0, 0, 0, 200, 400, 800, 1600]);
  expect(copies.waitMs('west', 'shop/web', 'a')).toBe(0);
  expect(copies.waitMs('east', 'shop/web', 'b')).toBe(0);
  await clock.advance(1_000);
  expect(copies.waitMs('east', 'shop/web', 'a')).toBe(600);

  copies.note('east', 'shop/web', 'b');
  expect(copies.waitMs('east', 'shop/web', 'b')).toBe(0);
});

it('never waits longer than a minute, and forgives after five', async () => {
  const clock = new FakeClock();
  const copies = new ContestedCopies(clock);
  for (let write = 0; write < 40; write++) copies.note('east', 'web', 'a');
  expect(copies.waitMs('east', 'web', 'a')).toBe(60_000);
  await clock.advance(300_000);
  copies.note('east', 'web', 'a');
  expect(copies.waitMs('east', 'web', 'a')).toBe(0);
});
