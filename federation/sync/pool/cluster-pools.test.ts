import { expect, it } from 'vitest';
import { notFound } from '../../../src/apimachinery/index.ts';
import { FakeClock, silentLogger } from '../../../src/component-base/index.ts';
import type { PoolOptions } from './cluster-pool.ts';
import { ClusterPools } from './cluster-pools.ts';

const options: PoolOptions = {
  workers: 2,
  timeoutMs: 1_000,
  rate: { perSecond: 1_000, burst: 1_000 },
  breaker: { failures: 3, firstPauseMs: 1_000, longestPauseMs: 8_000 },
};
const never = new Promise<never>(() => undefined);

function setUp(own: Partial<PoolOptions> = {}) {
  const clock = new FakeClock();
  const pools = new ClusterPools({ clock, log: silentLogger }, { ...options, ...own });
  for (const cluster of ['a', 'b']) pools.resume(cluster);
  return { clock, pools };
}

it('takes kinds that others need first', async () => {
  const { clock, pools } = setUp({ workers: 1 });
  const done: string[] = [];
  const lane = (name: string, rank: number) =>
    pools.lane(name, { rank, reconcile: async (cluster, key) => (done.push(`${cluster} ${name} ${key}`), {}) });
  const [late, early] = [lane('services', 2), lane('namespaces', 0)];
  late.add(['a', 'b'], 'shop/x');
  early.add(['a'], 'shop');
  await clock.advance(0);
  expect(done.filter((id) => id.startsWith('a'))).toEqual(['a namespaces shop', 'a services shop/x']);
  expect(done).toContain('b services shop/x');
  await pools.end();
});

it('gives up on a cluster that does not answer, tries now and then, and keeps nobody else waiting', async () => {
  const { clock, pools } = setUp();
  let answers = false;
  const calls = { a: 0, b: 0 };
  const lane = pools.lane('things', {
    rank: 0,
    reconcile: async (cluster, _key, signal) => {
      await pools.call(cluster, signal, async () => {
        calls[cluster === 'a' ? 'a' : 'b'] += 1;
        if (cluster === 'a' && !answers) await never;
      });
      return {};
    },
  });
  for (let index = 0; index < 100; index++) lane.add(['a', 'b'], `thing-${index}`);
  await clock.advance(0);
  expect(calls).toEqual({ a: 2, b: 100 });
  await clock.advance(60_000);
  expect(pools.state('a')?.breaker).not.toBe('closed');
  expect(calls.a).toBeLessThan(20);
  const before = calls.a;
  for (let index = 0; index < 100; index++) pools.resume('a');
  await clock.advance(0);
  expect(calls.a).toBe(before);
  answers = true;
  pools.trust('a');
  await clock.advance(1_000);
  expect(calls.a).toBeGreaterThanOrEqual(100);
  expect(pools.state('a')).toEqual({ backlog: [], breaker: 'closed' });
  await pools.end();
  expect(clock.pending).toBe(0);
});

it('lets a slow cluster be slow alone, and get there', async () => {
  const { clock, pools } = setUp({ timeoutMs: 6_000 });
  const done = { a: 0, b: 0 };
  const lane = pools.lane('things', {
    rank: 0,
    reconcile: async (cluster, _key, signal) => {
      await pools.call(cluster, signal, (own) => (cluster === 'a' ? clock.sleep(5_000, own) : Promise.resolve()));
      done[cluster === 'a' ? 'a' : 'b'] += 1;
      return {};
    },
  });
  for (let index = 0; index < 10; index++) lane.add(['a', 'b'], `thing-${index}`);
  await clock.advance(0);
  expect(done).toEqual({ a: 0, b: 10 });
  await clock.advance(25_000);
  expect(done.a).toBe(10);
  expect(pools.state('a')?.breaker).toBe('closed');
  await pools.end();
});

it('follows a flapping cluster, and keeps the others as they were', async () => {
  const { clock, pools } = setUp();
  const done: Record<string, Set<string>> = { a: new Set(), b: new Set() };
  let isUp = true;
  const lane = pools.lane('things', {
    rank: 0,
    reconcile: async (cluster, key, signal) => {
      await pools.call(cluster, signal, async () => {
        if (cluster === 'a' && !isUp) throw new Error('connection refused');
      });
      done[cluster]?.add(key);
      return {};
    },
  });
  for (let round = 0; round < 10; round++) {
    isUp = round % 2 === 0;
    const before = done['b']?.size ?? 0;
    for (let index = 0; index < 10; index++) lane.add(['a', 'b'], `thing-${round}-${index}`);
    await clock.advance(0);
    expect(done['b']?.size).toBe(before + 10);
    await clock.advance(2_000);
  }
  isUp = true;
  await clock.advance(60_000);
  expect(done['a']).toEqual(done['b']);
  await pools.end();
  expect(clock.pending).toBe(0);
});

it('calls a cluster no more often than it may', async () => {
  const { clock, pools } = setUp({ workers: 50, rate: { perSecond: 10, burst: 10 } });
  let calls = 0;
  const lane = pools.lane('things', {
    rank: 0,
    reconcile: async (cluster, _key, signal) => {
      await pools.call(cluster, signal, async () => (calls += 1));
      return {};
    },
  });
  for (let index = 0; index < 100; index++) lane.add(['a'], `thing-${index}`);
  await clock.advance(1_000);
  expect(calls).toBe(20);
  await clock.advance(10_000);
  expect(calls).toBe(100);
  await pools.end();
});

it('takes a no for an answer', async () => {
  const { clock, pools } = setUp();
  let calls = 0;
  const lane = pools.lane('things', {
    rank: 0,
    reconcile: async (cluster, key, signal) => {
      await pools.call(cluster, signal, async () => {
        calls += 1;
        throw notFound({ group: '', plural: 'things' }, key);
      });
      return {};
    },
  });
  for (let index = 0; index < 10; index++) lane.add(['a'], `thing-${index}`);
  await clock.advance(100);
  expect(calls).toBeGreaterThanOrEqual(20);
  expect(pools.state('a')?.breaker).toBe('closed');
  await pools.end();
});

it('keeps nothing for a cluster out of sight, and gives up what has begun there', async () => {
  const { clock, pools } = setUp();
  const begun: string[] = [];
  const lane = pools.lane('things', {
    rank: 0,
    reconcile: async (cluster, key, signal) => {
      begun.push(key);
      return pools.call(cluster, signal, () => (key === 'hangs' ? never : Promise.resolve({})));
    },
  });
  lane.add(['a'], 'hangs');
  await clock.advance(0);
  pools.suspend('a');
  lane.add(['a'], 'later');
  expect(pools.state('a')?.backlog).toEqual([]);
  pools.resume('a');
  await clock.advance(60_000);
  expect(begun).toEqual(['hangs']);
  lane.add(['a'], 'later');
  await clock.advance(0);
  expect(begun).toEqual(['hangs', 'later']);
  await pools.end();
  expect(clock.pending).toBe(0);
});

it('does no work of a kind that is served no longer', async () => {
  const { clock, pools } = setUp();
  let done = 0;
  const lane = pools.lane('things', { rank: 0, reconcile: async () => ((done += 1), {}) });
  lane.add(['a'], 'x');
  lane.close();
  await clock.advance(0);
  expect(done).toBe(0);
  await pools.end();
});

it('comes for nothing that is done', async () => {
  const { clock, pools } = setUp();
  const done: string[] = [];
  const lane = pools.lane('things', {
    rank: 0,
    reconcile: async (cluster, key) => (done.push(`${cluster} ${key}`), {}),
    isDone: (cluster, key) => cluster === 'a' && key === 'right',
  });
  for (const key of ['right', 'wrong']) lane.add(['a', 'b'], key);
  await clock.advance(0);
  expect(done.sort()).toEqual(['a wrong', 'b right', 'b wrong']);
  await pools.end();
});
