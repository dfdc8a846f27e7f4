import { expect, it } from 'vitest';
import { FakeClock } from '../../src/component-base/index.ts';
import { RemovalGuard } from './removal-guard.ts';

function setUp(total: number) {
  const clock = new FakeClock();
  const state = { total };
  const hold = { holds: false, onChange: () => () => undefined };
  const guard = new RemovalGuard({ clock, total: () => state.total, hold }, { share: 0.5, copies: 50 });
  const ids = (count: number) => Array.from({ length: count }, (_none, index) => `copy-${index}`);
  /** All ask twice, a moment apart. */
  const askAll = async (count: number) => {
    const first = ids(count).map((id) => guard.ask('asia', id).kind);
    await clock.advance(1_000);
    return { first, second: ids(count).map((id) => guard.ask('asia', id).kind) };
  };
  return { clock, guard, state, hold, askAll };
}

const only = (kinds: readonly string[]) => [...new Set(kinds)];

it('does not keep a small federation waiting', async () => {
  const { askAll } = setUp(49);
  expect(only((await askAll(49)).first)).toEqual(['go']);
});

it('lets half of all go', async () => {
  const { askAll } = setUp(200);
  const { first, second } = await askAll(100);
  expect(only(first)).toEqual(['wait']);
  expect(only(second)).toEqual(['go']);
});

it('holds all of what would be more', async () => {
  const { askAll, guard, clock } = setUp(200);
  expect(only((await askAll(101)).second)).toEqual(['held']);
  expect(guard.ask('asia', 'copy-0')).toMatchObject({ kind: 'held', asked: 101, total: 200 });
  // One is confirmed elsewhere, or its placement is taken back: it no longer asks, and the others may go.
  await clock.advance(29_000);
  for (let index = 1; index <= 100; index++) guard.ask('asia', `copy-${index}`);
  await clock.advance(2_000);
  expect(guard.ask('asia', 'copy-1').kind).toBe('go');
});

it('counts what has just gone', async () => {
  const { askAll, state, guard, clock } = setUp(200);
  await askAll(100);
  state.total = 100;
  guard.ask('asia', 'another');
  await clock.advance(1_000);
  expect(guard.ask('asia', 'another').kind).toBe('held');
  await clock.advance(60_000);
  guard.ask('asia', 'another');
  await clock.advance(1_000);
  expect(guard.ask('asia', 'another').kind).toBe('go');
});

it('lets nothing go while all is held, few as they are, and says what', async () => {
  const { clock, guard, hold } = setUp(3);
  hold.holds = true;
  expect(guard.ask('asia', 'b')).toMatchObject({ kind: 'restored', isNew: true });
  expect(guard.ask('asia', 'a')).toMatchObject({ kind: 'restored', isNew: true });
  expect(guard.ask('asia', 'a')).toMatchObject({ kind: 'restored', isNew: false });
  expect(guard.held('asia')).toEqual(['a', 'b']);
  expect(guard.held('us')).toEqual([]);
  await clock.advance(100_000);
  guard.ask('asia', 'a');
  await clock.advance(100_000);
  expect(guard.held('asia')).toEqual(['a']);
  hold.holds = false;
  expect(guard.held('asia')).toEqual([]);
  expect(guard.ask('asia', 'a').kind).toBe('go');
});
