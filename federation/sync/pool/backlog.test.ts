import { expect, it } from 'vitest';
import { Backlog } from './backlog.ts';

const laneOf = (id: string) => id.split(' ', 1)[0] ?? '';

it('remembers since when something is to be done until it is done, however often it is tried', () => {
  const backlog = new Backlog(laneOf);
  backlog.add('services a', { since: 1_000 });
  backlog.add('services a', { since: 2_000 });
  backlog.begin('services a');
  expect(backlog.byLane()).toEqual([{ lane: 'services', count: 1, oldest: 1_000 }]);
  backlog.giveBack('services a');
  backlog.add('services a', { since: 3_000 });
  backlog.begin('services a');
  expect(backlog.end('services a')).toEqual({ since: 1_000 });
  expect(backlog.byLane()).toEqual([]);
});

it('counts what is added while it is done as something new', () => {
  const backlog = new Backlog(laneOf);
  backlog.add('services a', { since: 1_000 });
  backlog.begin('services a');
  backlog.add('services a', { since: 2_000 });
  expect(backlog.end('services a')).toEqual({ since: 1_000 });
  expect(backlog.byLane()).toEqual([{ lane: 'services', count: 1, oldest: 2_000 }]);
  backlog.begin('services a');
  expect(backlog.end('services a')).toEqual({ since: 2_000 });
});

it('tells lanes apart, and forgets all at once', () => {
  const backlog = new Backlog(laneOf);
  backlog.add('services a', { since: 3_000 });
  backlog.add('services b', { since: 2_000 });
  backlog.add('jobs.batch a', { since: 4_000 });
  expect(backlog.byLane()).toEqual([
    { lane: 'services', count: 2, oldest: 2_000 },
    { lane: 'jobs.batch', count: 1, oldest: 4_000 },
  ]);
  backlog.begin('services a');
  backlog.clear();
  expect(backlog.end('services a')).toBeUndefined();
  expect(backlog.byLane()).toEqual([]);
});
