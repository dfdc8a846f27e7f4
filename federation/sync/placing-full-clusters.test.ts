import { expect, it } from 'vitest';
import { FakeClock } from '../../src/component-base/index.ts';
import { FullClusters } from './placing-full-clusters.ts';

it('remembers for a time that a cluster is full, and longer each time that it still is', async () => {
  const clock = new FakeClock();
  const full = new FullClusters(clock);
  expect(full.roomOf('shop/web', 'east')).toBeUndefined();
  full.note('shop/web', 'east', 2);
  expect(full.roomOf('shop/web', 'east')).toBe(2);
  expect(full.roomOf('shop/api', 'east')).toBeUndefined();
  expect(full.nextTrialMs('shop/web')).toBe(300_000);
  await clock.advance(200_000);
  full.note('shop/web', 'east', 1);
  expect(full.roomOf('shop/web', 'east')).toBe(1);
  expect(full.nextTrialMs('shop/web')).toBe(100_000);
  await clock.advance(100_000);
  expect(full.roomOf('shop/web', 'east')).toBeUndefined();
  expect(full.nextTrialMs('shop/web')).toBeUndefined();
  full.note('shop/web', 'east', 1);
  expect(full.nextTrialMs('shop/web')).toBe(600_000);
  for (let time = 0; time < 9; time++) {
    await clock.advance(3_600_000);
    full.note('shop/web', 'east', 1);
  }
  expect(full.nextTrialMs('shop/web')).toBe(3_600_000);
  full.forget('shop/web');
  expect(full.roomOf('shop/web', 'east')).toBeUndefined();
});
