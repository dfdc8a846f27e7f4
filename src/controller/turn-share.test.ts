import { expect, it } from 'vitest';
import { FakeClock } from '../component-base/index.ts';
import { TurnShare } from './turn-share.ts';

it('is spent after a while within one turn, and anew in the next', async () => {
  const clock = new FakeClock();
  const share = new TurnShare(clock);
  expect(share.spent()).toBeUndefined();
  const advanced = clock.advance(5);
  const next = share.spent();
  expect(share.spent()).toBe(next);
  await Promise.all([advanced, next]);
  expect(share.spent()).toBeUndefined();
});
