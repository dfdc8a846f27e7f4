import { expect, it } from 'vitest';
import {
  judge,
  judgementOf,
  judgeSignOfLife,
  nextLookMs,
  type Judgement,
  type Observation,
  type Verdict,
} from './health-judgement.ts';
import { defaultHealthTimings as timings } from './health-timings.ts';

const ok: Observation = { kind: 'ok' };
const refused: Observation = { kind: 'refused' };
const silent: Observation = { kind: 'silent' };
const alone: Observation = { kind: 'silent', alone: true };
const notOk: Observation = { kind: 'notOk', detail: 'etcd' };

/** Looks at given times; the verdict after each. */
function verdicts(start: Verdict, looks: readonly (readonly [number, Observation])[]): Verdict[] {
  let judgement: Judgement = judgementOf(start);
  return looks.map(([at, seen]) => {
    judgement = judge(judgement, seen, at, timings);
    return judgement.verdict;
  });
}

it('believes the first good answer of a member never seen', () => {
  expect(verdicts('unknown', [[0, ok]])).toEqual(['ready']);
});

it('finds a member whose process is gone offline after two seconds of refusals', () => {
  const looks = Array.from({ length: 10 }, (_, index) => [index * 250, refused] as const);
  const seen = verdicts('ready', looks);
  expect(seen.indexOf('offline')).toBe(8);
});

it('does not condemn on few refusals, however far apart', () => {
  expect(
    verdicts('ready', [
      [0, refused],
      [60_000, refused],
    ]),
  ).toEqual(['ready', 'ready']);
});

it('rides out a restart of a member', () => {
  expect(
    verdicts('ready', [
      [0, refused],
      [250, refused],
      [500, refused],
      [1500, refused],
      [1750, ok],
    ]),
  ).toEqual(Array(5).fill('ready'));
});

it('rides out two seconds of silence, and much more', () => {
  expect(
    verdicts('ready', [
      [2000, silent],
      [4250, silent],
      [6500, silent],
      [8000, ok],
    ]),
  ).toEqual(Array(4).fill('ready'));
});

it('finds a member that stays silent offline', () => {
  const seen = verdicts('ready', [
    [0, silent],
    [2250, silent],
    [4500, silent],
    [6750, silent],
    [9000, silent],
    [11_250, silent],
  ]);
  expect(seen.at(-2)).toBe('ready');
  expect(seen.at(-1)).toBe('offline');
});

it('does not take one failed look after a suspended laptop for long silence', () => {
  expect(
    verdicts('ready', [
      [0, silent],
      [3_600_000, silent],
    ]),
  ).toEqual(['ready', 'ready']);
});

it('wants two good answers before an offline member is ready again', () => {
  expect(
    verdicts('offline', [
      [0, ok],
      [250, refused],
      [500, ok],
      [750, ok],
    ]),
  ).toEqual(['offline', 'offline', 'offline', 'ready']);
});

it('finds a reachable member that is not well not ready, after three answers', () => {
  expect(
    verdicts('ready', [
      [0, notOk],
      [250, notOk],
      [500, notOk],
    ]),
  ).toEqual(['ready', 'ready', 'notReady']);
  expect(verdicts('offline', [[0, notOk]])).toEqual(['notReady']);
});

it('takes a watch event for life, though not from the dead', () => {
  const doubted = judge(judgementOf('ready'), silent, 0, timings);
  expect(nextLookMs(doubted, timings)).toBe(timings.retryIntervalMs);
  expect(nextLookMs(judgeSignOfLife(doubted), timings)).toBe(timings.probeIntervalMs);
  expect(judgeSignOfLife(judgementOf('offline')).verdict).toBe('offline');
});

it('condemns nobody while no member at all can be heard', () => {
  const looks = Array.from({ length: 60 }, (_, index) => [index * 2_000, alone] as const);
  const seen = verdicts('ready', looks);
  expect(seen.indexOf('isolated')).toBe(5);
  expect(seen).not.toContain('offline');
});

it('is back from isolation with one good answer', () => {
  expect(verdicts('isolated', [[0, ok]])).toEqual(['ready']);
});

it('counts silence anew from when another member is heard again', () => {
  const lost = Array.from({ length: 8 }, (_, index) => [index * 2_000, alone] as const);
  const since = 16_000;
  const heard = Array.from({ length: 8 }, (_, index) => [since + index * 2_000, silent] as const);
  const seen = verdicts('ready', [...lost, ...heard]);
  expect(seen.slice(8)).toEqual([...Array<Verdict>(5).fill('isolated'), ...Array<Verdict>(3).fill('offline')]);
});

it('adds nothing to earlier doubts while nobody can be heard', () => {
  expect(
    verdicts('ready', [
      [0, silent],
      [2_000, silent],
      [9_000, alone],
      [11_000, alone],
      [12_000, silent],
    ]),
  ).toEqual(['ready', 'ready', 'ready', 'ready', 'offline']);
});

it('leaves an offline member offline, and lets one never seen become so, whoever is heard', () => {
  const looks = Array.from({ length: 10 }, (_, index) => [index * 2_000, alone] as const);
  expect(new Set(verdicts('offline', looks))).toEqual(new Set(['offline']));
  expect(verdicts('unknown', looks).at(-1)).toBe('offline');
});
