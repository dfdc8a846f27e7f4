import { expect, it } from 'vitest';
import { FakeClock } from '../../src/component-base/index.ts';
import type { PodInfo } from './pod-info.ts';
import { SchedulingQueue } from './scheduling-queue.ts';

function info(key: string, priority = 0): PodInfo {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: key } };
  return { key, pod, requests: new Map(), hostPorts: [], priority };
}

/** What can be taken now, in order. */
async function drain(queue: SchedulingQueue): Promise<readonly string[]> {
  const taken: string[] = [];
  const stop = new AbortController();
  const taking = (async () => {
    for await (const { key } of queue.take(stop.signal)) taken.push(key);
  })();
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  stop.abort();
  await taking;
  return taken;
}

it('gives out pods by priority and then as they came', async () => {
  const queue = new SchedulingQueue(new FakeClock());
  for (const each of [info('a'), info('b', 10), info('c'), info('d', 10), info('a')]) queue.add(each);
  expect(await drain(queue)).toEqual(['b', 'd', 'c', 'a']);
});

it('keeps a pod that does not fit aside until something changes, and its back-off is over', async () => {
  const clock = new FakeClock();
  const queue = new SchedulingQueue(clock);
  queue.setAside(info('a'));
  await clock.advance(60_000);
  expect(await drain(queue)).toEqual([]);
  queue.retry();
  expect(await drain(queue)).toEqual(['a']);

  queue.setAside(info('a'));
  queue.retry();
  expect(await drain(queue)).toEqual([]);
  await clock.advance(1999);
  expect(await drain(queue)).toEqual([]);
  await clock.advance(1);
  expect(await drain(queue)).toEqual(['a']);
  expect(clock.pending).toBe(0);
});

it('forgets a pod that is gone, timers and all', async () => {
  const clock = new FakeClock();
  const queue = new SchedulingQueue(clock);
  queue.backOff(info('a'));
  queue.remove('a');
  expect(clock.pending).toBe(0);
  await clock.advance(20_000);
  expect(await drain(queue)).toEqual([]);
});
