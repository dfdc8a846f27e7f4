import { expect, it } from 'vitest';
import type { CheckOutcome } from './check-target.ts';
import { inDoubt, judgeReach, unseen, type ReachState } from './reach-judgement.ts';

const timings = {
  intervalMs: 1_000,
  retryMs: 250,
  timeoutMs: 2_000,
  failureThreshold: 3,
  refusedMs: 2_000,
  silentMs: 10_000,
  recoveryThreshold: 2,
};

/** One look every 250 ms, or as said. */
function states(outcomes: readonly CheckOutcome[], everyMs = 250): ReachState[] {
  let judgement = unseen(0);
  return outcomes.map((outcome, index) => {
    judgement = judgeReach(judgement, outcome, index * everyMs, timings);
    return judgement.state;
  });
}

const many = (outcome: CheckOutcome, count: number) => Array<CheckOutcome>(count).fill(outcome);

it('says nothing of an address that it never reached', () => {
  expect(new Set(states(many('refused', 100)))).toEqual(new Set(['unknown']));
  expect(states(['silent', 'answered'])).toEqual(['unknown', 'reachable']);
});

it.each<CheckOutcome>(['refused', 'failing'])('believes %s after two seconds', (outcome) => {
  const seen = states(['answered', ...many(outcome, 12)]);
  expect(seen.indexOf('unreachable')).toBe(9);
});

it('believes silence after ten seconds', () => {
  const seen = states(['answered', ...many('silent', 60)]);
  expect(seen.indexOf('unreachable')).toBe(41);
});

it('rides out every second packet lost, and a restart', () => {
  const lossy = Array.from({ length: 100 }, (_, index): CheckOutcome => (index % 2 === 0 ? 'answered' : 'silent'));
  expect(new Set(states(lossy, 2_000))).toEqual(new Set(['reachable']));
  expect(states(['answered', ...many('refused', 7), 'answered']).at(-1)).toBe('reachable');
  expect(states(['answered', ...many('refused', 7), 'answered'])).not.toContain('unreachable');
});

it('does not take two looks far apart for long silence', () => {
  expect(states(['answered', 'silent', 'silent'], 3_600_000).at(-1)).toBe('reachable');
});

it('wants two good looks in a row before it is reached again', () => {
  const lost = ['answered', ...many('refused', 9)] as const;
  expect(states([...lost, 'answered', 'refused', 'answered', 'answered']).slice(-4)).toEqual([
    'unreachable',
    'unreachable',
    'unreachable',
    'reachable',
  ]);
});

it('is in doubt between verdicts only', () => {
  const fine = judgeReach(unseen(0), 'answered', 0, timings);
  expect(inDoubt(unseen(0))).toBe(false);
  expect(inDoubt(fine)).toBe(false);
  expect(inDoubt(judgeReach(fine, 'silent', 1, timings))).toBe(true);
});
