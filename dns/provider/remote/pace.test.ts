import { expect, it } from 'vitest';
import { FakeClock } from '../../../src/component-base/index.ts';
import { Pace } from './pace.ts';

it('lets a burst go, and then so many a second', async () => {
  const clock = new FakeClock();
  const pace = new Pace(clock, { perSecond: 5, burst: 3 });
  const gone: number[] = [];
  const start = clock.now();
  for (let i = 0; i < 6; i++) void pace.turn().then(() => gone.push(clock.now() - start));
  for (let i = 0; i < 6; i++) await clock.advance(100);
  expect(gone).toEqual([0, 0, 0, 200, 400, 600]);
  await clock.advance(10_000);
  for (let i = 0; i < 4; i++) void pace.turn().then(() => gone.push(clock.now() - start));
  await clock.advance(0);
  expect(gone).toHaveLength(9);
});

it('rejects when nobody waits any longer', async () => {
  const pace = new Pace(new FakeClock(), { perSecond: 1, burst: 1 });
  await pace.turn();
  const caller = new AbortController();
  const turn = pace.turn(caller.signal);
  caller.abort(new Error('gone home'));
  await expect(turn).rejects.toThrow('gone home');
});
