import type { CheckOutcome } from './check-target.ts';

/** When an address counts as reached, and when no longer. */
export interface ReachTimings {
  /** Between looks while nothing is amiss; longer where there are many addresses. */
  readonly intervalMs: number;
  /** Between looks while there is doubt. */
  readonly retryMs: number;
  readonly timeoutMs: number;
  /** Looks that must fail in a row, however much time went by. */
  readonly failureThreshold: number;
  /** Refused, or told that it is not well, for so long: unreachable. */
  readonly refusedMs: number;
  /** Without an answer for so long: unreachable. */
  readonly silentMs: number;
  /** Good looks in a row before it is reachable again. */
  readonly recoveryThreshold: number;
}

/** `unknown`: never reached from here. Perhaps it cannot be, and that says nothing about others. */
export type ReachState = 'unknown' | 'reachable' | 'unreachable';

/** What is believed of an address, and the doubts gathered since it last answered. */
export interface ReachJudgement {
  readonly state: ReachState;
  /** Since when. */
  readonly since: number;
  readonly successes: number;
  readonly failures: number;
  readonly failingSince?: number;
  readonly refusals: number;
  readonly refusedSince?: number;
  /** The last look. */
  readonly outcome?: CheckOutcome;
}

export function unseen(now: number): ReachJudgement {
  return { state: 'unknown', since: now, successes: 0, failures: 0, refusals: 0 };
}

/** What to believe after one more look. */
export function judgeReach(
  before: ReachJudgement,
  outcome: CheckOutcome,
  now: number,
  timings: ReachTimings,
): ReachJudgement {
  return outcome === 'answered' ? judgeAnswer(before, now, timings) : judgeFailure(before, outcome, now, timings);
}

export function inDoubt({ state, successes, failures }: ReachJudgement): boolean {
  return state === 'reachable' ? failures > 0 : state === 'unreachable' && successes > 0;
}

function judgeAnswer(before: ReachJudgement, now: number, { recoveryThreshold }: ReachTimings): ReachJudgement {
  const successes = before.successes + 1;
  const outcome = 'answered';
  if (before.state === 'unreachable' && successes < recoveryThreshold) return { ...before, successes, outcome };
  const since = before.state === 'reachable' ? before.since : now;
  return { state: 'reachable', since, successes, failures: 0, refusals: 0, outcome };
}

function judgeFailure(
  before: ReachJudgement,
  outcome: Exclude<CheckOutcome, 'answered'>,
  now: number,
  timings: ReachTimings,
): ReachJudgement {
  const doubts = { ...before, successes: 0, outcome, ...silences(before, now), ...refusals(before, outcome, now) };
  const isLost = before.state === 'reachable' && isBelieved(doubts, now, timings);
  return isLost ? { ...doubts, state: 'unreachable', since: now } : doubts;
}

function silences({ failures, failingSince }: ReachJudgement, now: number) {
  return { failures: failures + 1, failingSince: failingSince ?? now };
}

function refusals({ refusals: before, refusedSince }: ReachJudgement, outcome: CheckOutcome, now: number) {
  return outcome === 'silent' ? {} : { refusals: before + 1, refusedSince: refusedSince ?? now };
}

function isBelieved(
  { failures, failingSince = Infinity, refusals, refusedSince = Infinity }: ReachJudgement,
  now: number,
  { failureThreshold, refusedMs, silentMs }: ReachTimings,
): boolean {
  const refusedLong = refusals >= failureThreshold && now - refusedSince >= refusedMs;
  const silentLong = failures >= failureThreshold && now - failingSince >= silentMs;
  return refusedLong || silentLong;
}
