import { expect, it } from 'vitest';
import { FakeClock } from '../component-base/index.ts';
import { Sweep } from './sweep.ts';

it('looks at once, and then once for all that was asked for meanwhile', async () => {
  const clock = new FakeClock();
  let looks = 0;
  const sweep = new Sweep(clock, 100, () => (looks += 1));
  sweep.request();
  expect(looks).toBe(1);
  for (let index = 0; index < 10; index++) sweep.request();
  await clock.advance(99);
  expect(looks).toBe(1);
  await clock.advance(1);
  expect(looks).toBe(2);
  await clock.advance(100);
  expect(looks).toBe(2);
  sweep.request();
  expect(looks).toBe(3);
});

it('leaves no timer when it ends', async () => {
  const clock = new FakeClock();
  let looks = 0;
  const sweep = new Sweep(clock, 100, () => (looks += 1));
  sweep.request();
  sweep.request();
  sweep.end();
  expect(clock.pending).toBe(0);
  await clock.advance(1_000);
  expect(looks).toBe(1);
});
