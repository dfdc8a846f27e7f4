import { expect, it } from 'vitest';
import { FakeClock } from '../../../src/component-base/index.ts';
import { CircuitBreaker } from './circuit-breaker.ts';

const options = { failures: 3, firstPauseMs: 1_000, longestPauseMs: 4_000 };

function setUp() {
  const clock = new FakeClock();
  const states: string[] = [];
  const breaker = new CircuitBreaker(clock, options, (state) => states.push(state));
  const { signal } = new AbortController();
  return { clock, states, breaker, enter: () => breaker.enter(signal) };
}

it('opens after failures in a row, and not before', async () => {
  const { breaker, enter } = setUp();
  for (const outcome of ['failed', 'failed', 'succeeded', 'failed', 'failed'] as const) breaker[outcome]();
  expect(breaker.state).toBe('closed');
  await enter();
  breaker.failed();
  expect(breaker.state).toBe('open');
});

it('lets one through after a pause, and all once that has succeeded', async () => {
  const { clock, states, breaker, enter } = setUp();
  for (let index = 0; index < 3; index++) breaker.failed();
  let entered = 0;
  for (let index = 0; index < 3; index++) void enter().then(() => (entered += 1));
  await clock.advance(700);
  expect(entered).toBe(0);
  await clock.advance(300);
  expect(entered).toBe(1);
  breaker.succeeded();
  await clock.advance(0);
  expect(entered).toBe(3);
  expect(states).toEqual(['open', 'half-open', 'closed']);
  expect(clock.pending).toBe(0);
});

it('pauses longer each time, and leaves the turn of who called nobody to the next', async () => {
  const { clock, breaker, enter } = setUp();
  for (let index = 0; index < 3; index++) breaker.failed();
  await clock.advance(1_000);
  await enter();
  breaker.failed();
  await clock.advance(1_400);
  expect(breaker.state).toBe('open');
  await clock.advance(600);
  const leave = await enter();
  let entered = false;
  void enter().then(() => (entered = true));
  await clock.advance(0);
  expect(entered).toBe(false);
  leave();
  await clock.advance(0);
  expect(entered).toBe(true);
});

it('does not keep one who waits beyond its signal', async () => {
  const { breaker } = setUp();
  for (let index = 0; index < 3; index++) breaker.failed();
  const stop = new AbortController();
  const waiting = breaker.enter(stop.signal);
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
