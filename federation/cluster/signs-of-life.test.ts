import { expect, it } from 'vitest';
import { FakeClock } from '../../src/component-base/index.ts';
import { SignsOfLife } from './signs-of-life.ts';

it('knows whether any other member was heard lately', async () => {
  const clock = new FakeClock();
  const signs = new SignsOfLife(clock);
  signs.note('east');
  expect(signs.ofOthers('east', 1_000)).toBe(false);
  expect(signs.ofOthers('west', 1_000)).toBe(true);
  await clock.advance(1_001);
  expect(signs.ofOthers('west', 1_000)).toBe(false);
  signs.note('east');
  signs.forget('east');
  expect(signs.ofOthers('west', 1_000)).toBe(false);
});
