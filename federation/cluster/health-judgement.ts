import type { HealthTimings } from './health-timings.ts';

/** What one look at a member showed. */
export type Observation =
  | { readonly kind: 'ok' }
  /** It answered, but not with ok; or we have nothing to ask it with. */
  | { readonly kind: 'notOk'; readonly detail: string }
  /** Nobody listens there. */
  | { readonly kind: 'refused' }
  /** No answer in time, or no way to the host. */
  | { readonly kind: 'silent' };

export type Verdict = 'unknown' | 'ready' | 'notReady' | 'offline';

/** What is believed of a member, and the doubts gathered since it was last seen well. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly detail?: string;
  /** Good observations in a row, while offline. */
  readonly successes: number;
  readonly notOk: number;
  readonly failures: number;
  readonly failingSince?: number;
  readonly refusals: number;
  readonly refusedSince?: number;
}

const clear = { successes: 0, notOk: 0, failures: 0, refusals: 0 };

/** The start: what was believed before, for instance by an earlier process. */
export function judgementOf(verdict: Verdict): Judgement {
  return { verdict, ...clear };
}

/**
 * What to believe after one more look. Refusals condemn quickly, for a listening socket that is gone is a process
 * that is gone; silence condemns slowly, for a busy or paused member is silent too.
 */
export function judge(before: Judgement, seen: Observation, now: number, timings: HealthTimings): Judgement {
  switch (seen.kind) {
    case 'ok':
      return judgeOk(before, timings);
    case 'notOk':
      return judgeNotOk(before, seen.detail, timings);
    case 'refused':
    case 'silent':
      return judgeFailure(before, seen.kind, now, timings);
  }
}

/** The member said something by itself, such as a watch event: no doubt of its being reachable is left. */
export function judgeSignOfLife(before: Judgement): Judgement {
  if (before.verdict === 'offline' || before.failures === 0) return before;
  return { verdict: before.verdict, ...clear, ...(before.detail === undefined ? {} : { detail: before.detail }) };
}

/** How long to wait before looking again. */
export function nextLookMs({ verdict, failures, notOk, successes }: Judgement, timings: HealthTimings): number {
  if (verdict === 'offline' && successes === 0) return timings.offlineIntervalMs;
  const inDoubt = verdict === 'unknown' || verdict === 'offline' || failures > 0 || notOk > 0;
  return inDoubt ? timings.retryIntervalMs : timings.probeIntervalMs;
}

function judgeOk(before: Judgement, { recoveryThreshold }: HealthTimings): Judgement {
  const successes = before.successes + 1;
  if (before.verdict === 'offline' && successes < recoveryThreshold) return { ...before, ...clear, successes };
  return judgementOf('ready');
}

function judgeNotOk(before: Judgement, detail: string, { failureThreshold }: HealthTimings): Judgement {
  const notOk = before.notOk + 1;
  const believed = before.verdict === 'ready' && notOk < failureThreshold;
  return believed ? { ...judgementOf('ready'), notOk } : { ...judgementOf('notReady'), notOk, detail };
}

function judgeFailure(
  before: Judgement,
  kind: 'refused' | 'silent',
  now: number,
  { failureThreshold, refusedOfflineMs, silentOfflineMs }: HealthTimings,
): Judgement {
  const failures = before.failures + 1;
  const failingSince = before.failingSince ?? now;
  const refusals = before.refusals + (kind === 'refused' ? 1 : 0);
  const refusedSince = before.refusedSince ?? (kind === 'refused' ? now : undefined);
  const refusedLong =
    refusedSince !== undefined && refusals >= failureThreshold && now - refusedSince >= refusedOfflineMs;
  const silentLong = failures >= failureThreshold && now - failingSince >= silentOfflineMs;
  return {
    verdict: refusedLong || silentLong ? 'offline' : before.verdict,
    ...(before.detail === undefined ? {} : { detail: before.detail }),
    successes: 0,
    notOk: before.notOk,
    failures,
    failingSince,
    refusals,
    ...(refusedSince === undefined ? {} : { refusedSince }),
  };
}
