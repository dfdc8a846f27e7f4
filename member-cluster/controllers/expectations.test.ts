import { expect, it } from 'vitest';
import { FakeClock } from '../../src/component-base/index.ts';
import { Expectations } from './expectations.ts';
import { slowStart } from './slow-start.ts';

it('holds an owner back until its cache shows what it did', () => {
  const expectations = new Expectations(new FakeClock());
  expect(expectations.satisfied('a')).toBe(true);
  expectations.expect('a', { creations: 2 });
  expectations.created('a');
  expect(expectations.satisfied('a')).toBe(false);
  expect(expectations.satisfied('b')).toBe(true);
  expectations.created('a');
  expect(expectations.satisfied('a')).toBe(true);
  expectations.expect('a', { deletions: ['x', 'y'] });
  expectations.deleted('a', 'x');
  expectations.deleted('a', 'x');
  expect(expectations.satisfied('a')).toBe(false);
  expectations.deleted('a', 'y');
  expect(expectations.satisfied('a')).toBe(true);
});

it('does not wait for ever for an event that was lost', async () => {
  const clock = new FakeClock();
  const expectations = new Expectations(clock);
  expectations.expect('a', { creations: 1 });
  await clock.advance(5 * 60_000 - 1);
  expect(expectations.satisfied('a')).toBe(false);
  await clock.advance(1);
  expect(expectations.satisfied('a')).toBe(true);
});

it('finds out that something is wrong with few calls', async () => {
  const calls: number[] = [];
  const refuse = async (index: number) => {
    calls.push(index);
    throw new Error('no');
  };
  expect(await slowStart(100, refuse)).toMatchObject({ done: 0, skipped: 99 });
  expect(calls).toEqual([0]);

  const ok = async (index: number) => {
    if (index === 4) throw new Error('no');
  };
  expect(await slowStart(100, ok)).toMatchObject({ done: 6, skipped: 93 });
  expect(await slowStart(10, async () => undefined)).toEqual({ done: 10, skipped: 0 });
  expect(await slowStart(0, refuse)).toEqual({ done: 0, skipped: 0 });
});
