import { expect, it } from 'vitest';
import { FakeClock } from '../../../src/component-base/index.ts';
import { TokenBucket } from './token-bucket.ts';

it('lets a burst pass and then so many a second', async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(clock, { perSecond: 10, burst: 5 });
  const { signal } = new AbortController();
  let passed = 0;
  for (let index = 0; index < 20; index++) void bucket.take(signal).then(() => (passed += 1));
  await clock.advance(0);
  expect(passed).toBe(5);
  await clock.advance(1_000);
  expect(passed).toBe(15);
  await clock.advance(10_000);
  expect(passed).toBe(20);
});

it('gives back what one who was stopped did not use', async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(clock, { perSecond: 1, burst: 1 });
  const stop = new AbortController();
  await bucket.take(stop.signal);
  const waiting = bucket.take(stop.signal);
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  expect(clock.pending).toBe(0);
  let passed = false;
  void bucket.take(new AbortController().signal).then(() => (passed = true));
  await clock.advance(1_000);
  expect(passed).toBe(true);
});
