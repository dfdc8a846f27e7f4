import { expect, it } from 'vitest';
import { FakeClock } from './fake-clock.ts';
import { giveBackWhenIdle } from './idle-memory.ts';

it('lets V8 save memory for a while after work, not before, not during it and not for ever', async () => {
  const clock = new FakeClock();
  const told: boolean[] = [];
  const trimmed: number[] = [];
  let share = 0;
  const watching = giveBackWhenIdle({
    clock,
    utilization: () => share,
    favorMemory: (favor) => told.push(favor),
    trim: async () => void trimmed.push(clock.now()),
  });
  await clock.advance(60_000);
  expect(told).toEqual([]);
  share = 0.9;
  await clock.advance(5_000);
  expect(told).toEqual([]);
  share = 0.1;
  await clock.advance(10_000);
  expect(told).toEqual([]);
  share = 0.01;
  await clock.advance(10_000);
  expect(told).toEqual([true]);
  share = 0.9;
  await clock.advance(1_000);
  expect([told, trimmed]).toEqual([[true, false], []]);
  const began = clock.now();
  share = 0;
  await clock.advance(60_000);
  expect(told).toEqual([true, false, true, false]);
  expect(trimmed.map((at) => at - began)).toEqual([15_000, 30_000, 45_000]);
  watching[Symbol.dispose]();
  share = 0.9;
  await clock.advance(5_000);
  share = 0;
  await clock.advance(60_000);
  expect(told).toEqual([true, false, true, false, false]);
  expect(trimmed).toHaveLength(3);
});
