import { expect, it } from 'vitest';
import { FakeClock } from './fake-clock.ts';
import { Turns } from './turns.ts';

function setUp() {
  const clock = new FakeClock();
  const turns = new Turns(clock, { atOnce: 2, patienceMs: 100 });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const take = (name: string, signal?: AbortSignal) =>
    turns.run(() => {
      begun.push(name);
      const { promise, resolve } = Promise.withResolvers<undefined>();
      ends.set(name, () => {
        resolve(undefined);
      });
      return promise;
    }, signal);
  return { clock, begun, ends, take };
}

it('lets so many begin at a time, in order', async () => {
  const { clock, begun, ends, take } = setUp();
  const all = ['a', 'b', 'c', 'd'].map((name) => take(name));
  await clock.advance(0);
  expect(begun).toEqual(['a', 'b']);
  ends.get('b')?.();
  await clock.advance(0);
  expect(begun).toEqual(['a', 'b', 'c']);
  for (const name of ['a', 'c']) ends.get(name)?.();
  await clock.advance(0);
  ends.get('d')?.();
  await Promise.all(all);
  expect(clock.pending).toBe(0);
});

it('keeps nobody waiting for those that do not get on', async () => {
  const { clock, begun, take } = setUp();
  for (const name of ['a', 'b', 'c', 'd', 'e']) void take(name);
  await clock.advance(99);
  expect(begun).toEqual(['a', 'b']);
  await clock.advance(1);
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  await clock.advance(100);
  expect(begun).toHaveLength(5);
});

it('is given up by one who stops waiting, also when his turn had just come', async () => {
  const { clock, begun, ends, take } = setUp();
  const stop = new AbortController();
  void take('a');
  void take('b');
  const [c, d] = [take('c', stop.signal), take('d', stop.signal)];
  const settled = Promise.allSettled([c, d]);
  await clock.advance(0);
  const e = take('e');
  ends.get('a')?.();
  stop.abort(new Error('enough'));
  await clock.advance(0);
  expect(await settled).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  expect(begun).toEqual(['a', 'b', 'e']);
  for (const name of ['b', 'e']) ends.get(name)?.();
  await e;
  expect(clock.pending).toBe(0);
});

it('ends the turn of one that fails', async () => {
  const turns = new Turns(new FakeClock(), { atOnce: 1, patienceMs: 100 });
  await expect(turns.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await turns.run(() => Promise.resolve(1))).toBe(1);
});

it('begins nothing for one who has stopped since it was his turn', async () => {
  const { clock, begun, take } = setUp();
  const stop = new AbortController();
  const took = take('a', stop.signal);
  stop.abort(new Error('enough'));
  await expect(took).rejects.toThrow('enough');
  expect(begun).toEqual([]);
  expect(clock.pending).toBe(0);
});
