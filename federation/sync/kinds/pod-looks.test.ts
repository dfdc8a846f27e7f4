import { expect, it } from 'vitest';
import { FakeClock } from '../../../src/component-base/index.ts';
import { PodLooks, type Running } from './pod-looks.ts';

const copy = () => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } });
const never = new Promise<never>(() => undefined);

function setUp() {
  const clock = new FakeClock();
  const looks = new PodLooks(clock);
  const { signal } = new AbortController();
  const asked = { east: 0, west: 0 };
  const answers: Record<string, () => Promise<Running>> = {};
  const at = (cluster: 'east' | 'west', object = copy()) =>
    looks.at(
      cluster,
      object,
      () => {
        asked[cluster] += 1;
        return answers[cluster]?.() ?? Promise.resolve({ current: 1 });
      },
      signal,
    );
  return { clock, looks, asked, answers, at };
}

it('asks once for a copy that does not change, for a while', async () => {
  const { clock, asked, at } = setUp();
  const object = copy();
  expect(await at('east', object)).toEqual({ current: 1 });
  expect(await at('east', object)).toEqual({ current: 1 });
  expect(asked.east).toBe(1);
  await at('east');
  expect(asked.east).toBe(2);
  await clock.advance(5_000);
  await at('east', object);
  expect(asked.east).toBe(3);
});

it('waits for a member that takes its time once, and asks it ever more rarely', async () => {
  const { clock, asked, answers, at } = setUp();
  answers['west'] = () => never;
  const waiting = [at('west'), at('west')];
  await clock.advance(1_000);
  expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
  for (let index = 0; index < 100; index++) expect(await at('west')).toBeUndefined();
  expect(asked.west).toBe(2);
  expect(await at('east')).toEqual({ current: 1 });
  await clock.advance(30_000);
  const again = at('west');
  await clock.advance(1_000);
  expect(await again).toBeUndefined();
  await clock.advance(30_000);
  expect(await at('west')).toBeUndefined();
  expect(asked.west).toBe(3);
  await clock.advance(30_000);
  answers['west'] = () => Promise.resolve({ current: 2 });
  expect(await at('west')).toEqual({ current: 2 });
  expect(await at('west')).toEqual({ current: 2 });
  expect(clock.pending).toBe(0);
});

it('asks again at once after a no', async () => {
  const { asked, answers, at } = setUp();
  answers['west'] = () => Promise.reject(new Error('forbidden'));
  expect(await at('west')).toBeUndefined();
  expect(await at('west')).toBeUndefined();
  expect(asked.west).toBe(2);
});

it('lets nobody wait for a late look, goes on from what was seen before, and tells when it has come', async () => {
  const { clock, looks, answers, at } = setUp();
  const late: string[] = [];
  looks.onLate((key) => late.push(key));
  answers['west'] = () => Promise.resolve({ current: 1, capacity: 1 });
  await at('west');
  const answer = Promise.withResolvers<Running>();
  answers['west'] = () => answer.promise;
  const changed = copy();
  const looking = at('west', changed);
  await clock.advance(10);
  expect(await looking).toEqual({ current: 1, capacity: 1 });
  answer.resolve({ current: 3 });
  await expect.poll(() => late).toEqual(['web']);
  expect(await at('west', changed)).toEqual({ current: 3 });
  expect(clock.pending).toBe(0);
});
