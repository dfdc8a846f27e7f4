import { expect, it } from 'vitest';
import { reachAfter, reviewReachAfterMs, tally, type HubView, type Reach, type Vote } from './reach-verdict.ts';

const settings = { unreachableShare: 0.5, flapBackoffMs: 5_000, longestFlapBackoffMs: 300_000, flapForgetMs: 600_000 };

/** `hub:+ a:- b:~` are votes for, against, and against but ignored. */
function votes(text: string): readonly Vote[] {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const [voter = '', sign] = word.split(':');
      const verdict = sign === '+' ? 'Reachable' : 'Unreachable';
      return { voter, verdict, ...(sign === '~' ? { ignored: 'it reaches nobody' } : {}) };
    });
}

it.each<[what: string, votes: string, view: HubView, verdict: string]>([
  ['nobody has ever reached a shard, the hub sees the cluster', '', 'seen', 'reachable'],
  ['the hub alone, its process gone', 'hub:-', 'gone', 'unreachable'],
  ['the hub alone, the API answers, the shards do not', 'hub:-', 'seen', 'reachable'],
  ['the hub alone, the API is slow, the shards answer', 'hub:+', 'gone', 'reachable'],
  ['hub cut off from a member that the only other reaches', 'hub:- b:+', 'gone', 'reachable'],
  ['hub cut off from a member that all others reach', 'hub:- b:+ c:+ d:+', 'gone', 'reachable'],
  ['a member that is dead', 'hub:- b:- c:- d:-', 'gone', 'unreachable'],
  ['one member cut off from another', 'hub:+ b:- c:+ d:+', 'seen', 'reachable'],
  ['clients cut off, the hub is not', 'hub:+ b:- c:- d:-', 'seen', 'unreachable'],
  ['clients cut off in a federation of two', 'hub:+ b:-', 'seen', 'reachable'],
  ['shards cut off for everybody, the API is not', 'hub:- b:-', 'seen', 'unreachable'],
  ['a member cut off from all', 'hub:- b:- c:-', 'gone', 'unreachable'],
  ['half of the voters', 'hub:- a:- b:+ c:+', 'gone', 'reachable'],
  ['the hub is cut off from all and says so, others reach it', 'hub:~ b:+', 'gone', 'reachable'],
  ['nobody is left to tell', 'hub:~', 'gone', 'unknown'],
  ['the hub hears nobody', '', 'isolated', 'unknown'],
  ['the hub hears nobody, a report came another way', 'b:+', 'isolated', 'reachable'],
])('%s', (_what, said, view, verdict) => {
  expect(tally(votes(said), view, settings.unreachableShare).verdict).toBe(verdict);
});

it('says how many reach it', () => {
  expect(tally(votes('hub:- b:+ c:~'), 'gone', 0.5).message).toBe('1 of 2 vantage points reach it');
});

const good = tally(votes('a:+'), 'seen', 0.5);
const bad = tally(votes('a:- b:-'), 'seen', 0.5);
const nobody = tally([], 'isolated', 0.5);

it('forgives the first loss at once, and waits longer after each further one', () => {
  let reach: Reach | undefined;
  const waits: number[] = [];
  for (let loss = 0; loss < 5; loss++) {
    const at = loss * 100_000;
    reach = reachAfter(reach, bad, at, settings);
    expect(reach.verdict).toBe('unreachable');
    let waited = 0;
    while ((reach = reachAfter(reach, good, at + waited, settings)).verdict !== 'reachable') waited += 1_000;
    waits.push(waited);
  }
  expect(waits).toEqual([0, 5_000, 10_000, 20_000, 40_000]);
});

it('begins to wait anew when the votes turn again, and says when to look', () => {
  const lost: Reach = { ...bad, losses: [0, 1_000] };
  const back = reachAfter(lost, good, 10_000, settings);
  expect(back).toMatchObject({ verdict: 'unreachable', reason: 'Flapping', goodSince: 10_000 });
  expect(reviewReachAfterMs(back, 12_000, settings)).toBe(3_000);
  const again = reachAfter(back, bad, 12_000, settings);
  expect(reviewReachAfterMs(again, 12_000, settings)).toBeUndefined();
  expect(reachAfter(again, good, 14_000, settings).goodSince).toBe(14_000);
});

it('forgets losses of long ago', () => {
  const lost: Reach = { ...bad, losses: [0, 1_000, 2_000] };
  expect(reachAfter(lost, good, 700_000, settings)).toMatchObject({ verdict: 'reachable', losses: [] });
});

it('takes nobody’s silence for a sign of life', () => {
  const lost = reachAfter(undefined, bad, 0, settings);
  expect(reachAfter(lost, nobody, 60_000, settings).verdict).toBe('unreachable');
  expect(reachAfter(reachAfter(undefined, good, 0, settings), nobody, 60_000, settings).verdict).toBe('unknown');
});
