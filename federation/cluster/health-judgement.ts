import type { HealthTimings } from './health-timings.ts';

/** What one look at a member showed. */
export type Observation =
  | { readonly kind: 'ok' }
  /** It answered, but not with ok; or we have nothing to ask it with. */
  | { readonly kind: 'notOk'; readonly detail: string }
  /** Nobody listens there. */
  | { readonly kind: 'refused' }
  /** No answer in time, or no way to the host. `alone`: no other member was heard of lately either. */
  | { readonly kind: 'silent'; readonly alone?: boolean };

/** `isolated`: nobody can be heard, so that the fault may be our own and nothing is believed to have changed. */
export type Verdict = 'unknown' | 'ready' | 'notReady' | 'offline' | 'isolated';

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
  /** Since when neither this member nor any other has been heard. */
  readonly aloneSince?: number;
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
    case 'silent':
      // Of a member never seen there is nothing to keep.
      return seen.alone === true && before.verdict !== 'unknown'
        ? judgeAlone(before, now, timings)
        : judgeFailure(before, seen.kind, now, timings);
    case 'refused':
      return judgeFailure(before, seen.kind, now, timings);
  }
}

/** The member said something by itself, such as a watch event: no doubt of its being reachable is left. */
export function judgeSignOfLife(before: Judgement): Judgement {
  if (before.verdict === 'offline' || !isFailing(before)) return before;
  return { verdict: before.verdict, ...clear, ...(before.detail === undefined ? {} : { detail: before.detail }) };
}

/** How long to wait before looking again. */
export function nextLookMs(judgement: Judgement, timings: HealthTimings): number {
  const { verdict, notOk, successes } = judgement;
  if (verdict === 'isolated' || (verdict === 'offline' && successes === 0)) return timings.offlineIntervalMs;
  const inDoubt = verdict === 'unknown' || verdict === 'offline' || isFailing(judgement) || notOk > 0;
  return inDoubt ? timings.retryIntervalMs : timings.probeIntervalMs;
}

function isFailing({ failures, aloneSince }: Judgement): boolean {
  return failures > 0 || aloneSince !== undefined;
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

/**
 * Silence that nobody can vouch for condemns nobody, however long it lasts: doubts gathered before stay, and are
 * forgotten when it has lasted. From the first sign of any member on, silence counts anew.
 */
function judgeAlone(before: Judgement, now: number, { silentOfflineMs }: HealthTimings): Judgement {
  const aloneSince = before.aloneSince ?? now;
  const lasts = before.verdict !== 'offline' && now - aloneSince >= silentOfflineMs;
  return lasts ? { ...judgementOf('isolated'), aloneSince } : { ...before, successes: 0, aloneSince };
}
