import type { CronSchedule } from '../../../src/apis/index.ts';
import { nextTime } from './schedule.ts';
import type { WallClock } from './wall-time.ts';

export interface DueTime {
  /** The last time that has come; undefined when none has. */
  readonly at: number | undefined;
  /** About how many have passed by; 0 when no more than one has come. */
  readonly missed: number;
}

/** What has become due after `since` until `now`. Undefined for a schedule whose time never comes. */
export function dueTime(schedule: CronSchedule, clock: WallClock, since: number, now: number): DueTime | undefined {
  const next = (after: number) => nextTime(schedule, clock, after);
  const first = next(since);
  const second = first === undefined ? undefined : next(first);
  if (first === undefined || second === undefined) return undefined;
  if (now < first) return { at: undefined, missed: 0 };
  if (now < second) return { at: first, missed: 0 };
  const interval = second - first;
  const missed = Math.floor((now - first) / interval) + 1;
  if (schedule.type === 'every') return { at: first + (missed - 1) * interval, missed };

  // From far enough back: intervals may differ, as between weekdays.
  let at = first;
  for (let back = 2 * interval; now - back > first; back *= 2) {
    const candidate = next(now - back);
    if (candidate === undefined || candidate > now) continue;
    at = candidate;
    break;
  }
  for (let later = next(at); later !== undefined && later <= now; later = next(at)) at = later;
  return { at, missed };
}
