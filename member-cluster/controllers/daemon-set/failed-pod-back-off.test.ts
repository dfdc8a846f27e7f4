import { expect, it } from 'vitest';
import { FakeClock } from '../../../src/component-base/index.ts';
import { FailedPodBackOff } from './failed-pod-back-off.ts';

it('waits twice as long with each failure, up to a quarter of an hour, and forgets after half an hour', async () => {
  const clock = new FakeClock();
  const backOff = new FailedPodBackOff(clock);
  const waits: number[] = [];
  for (let failure = 0; failure < 12; failure++) {
    expect(backOff.take('place')).toBe(0);
    waits.push(backOff.take('place'));
    await clock.advance(waits.at(-1) ?? 0);
  }
  expect(waits.slice(0, 3)).toEqual([1000, 2000, 4000]);
  expect(waits.at(-1)).toBe(15 * 60_000);
  await clock.advance(31 * 60_000);
  backOff.take('place');
  expect(backOff.take('place')).toBe(1000);
});

it('lets places wait apart', () => {
  const backOff = new FailedPodBackOff(new FakeClock());
  backOff.take('one');
  expect(backOff.take('other')).toBe(0);
});
