import { expect, it } from 'vitest';
import type { Vote } from '../cluster/index.ts';
import { countable, CUT_OFF, voteOf, type Ballot } from './ballots.ts';

it('votes by one address that answers, against by those it once reached, and not otherwise', () => {
  expect(voteOf('b', [])).toBeUndefined();
  expect(voteOf('b', [{ state: 'unknown', reason: 'refused' }])).toBeUndefined();
  expect(voteOf('b', [{ state: 'unreachable', reason: 'refused' }, { state: 'reachable' }])).toEqual({
    voter: 'b',
    verdict: 'Reachable',
    looked: 2,
    answered: 1,
  });
  expect(voteOf('b', [{ state: 'unreachable', reason: 'refused' }, { state: 'unknown' }])).toEqual({
    voter: 'b',
    verdict: 'Unreachable',
    reason: 'refused',
    looked: 1,
    answered: 0,
  });
});

/** `b: c+ d-`: what b says of c and d. */
function ballots(...lines: readonly string[]): readonly Ballot[] {
  return lines.map((line) => {
    const [voter = '', said = ''] = line.split(': ');
    const votes = said.split(' ').map((word): [string, Vote] => {
      return [word.slice(0, -1), { voter, verdict: word.endsWith('+') ? 'Reachable' : 'Unreachable' }];
    });
    return { voter, votes: new Map(votes) };
  });
}

/** Who counts of those that voted on a cluster. */
const counted = (all: readonly Ballot[], cluster: string) =>
  (countable(all).get(cluster) ?? []).filter(({ ignored }) => ignored === undefined).map(({ voter }) => voter);

it('ignores a voter that reaches nobody while others do, and shows it', () => {
  const all = ballots('hub: a+ b+ c+', 'a: b- c-', 'b: a+ c+', 'c: a+ b+');
  expect(counted(all, 'b')).toEqual(['hub', 'c']);
  expect(
    countable(all)
      .get('b')
      ?.find(({ voter }) => voter === 'a')?.ignored,
  ).toBe(CUT_OFF);
});

it('believes a voter that finds two clusters dead when nobody reaches them', () => {
  expect(counted(ballots('hub: a+ b- c-', 'a: b- c-'), 'b')).toEqual(['hub', 'a']);
});

it('does not ignore a voter that judges one cluster only', () => {
  expect(counted(ballots('hub: a+ b+', 'a: b-'), 'b')).toEqual(['hub', 'a']);
});

it('ignores a hub that is cut off from all shards', () => {
  expect(counted(ballots('hub: a- b-', 'a: b+', 'b: a+'), 'b')).toEqual(['a']);
});

it('says by which way a report came', () => {
  const [ballot] = ballots('a: b+');
  expect(countable([{ ...ballot!, via: 'c' }]).get('b')).toEqual([{ voter: 'a', verdict: 'Reachable', via: 'c' }]);
});
