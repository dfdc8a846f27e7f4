import type { CronSchedule } from '../../../src/apis/index.ts';
import { nextChange, type WallClock } from './wall-time.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** 30 February never comes. */
const LONGEST_DAYS = 5 * 366;

type Fields = CronSchedule & { readonly type: 'fields' };

/**
 * The next time after `after`, in milliseconds: whenever clocks show what the schedule says. So a time that is skipped
 * when clocks are set forward does not come that day, and one that is repeated comes twice (`robfig/cron`).
 */
export function nextTime(schedule: CronSchedule, clock: WallClock, after: number): number | undefined {
  if (schedule.type === 'every') return (Math.floor(after / 1000) + schedule.seconds) * 1000;
  let at = (Math.floor(after / MINUTE_MS) + 1) * MINUTE_MS;
  const end = at + LONGEST_DAYS * DAY_MS;
  while (at < end) {
    const offsetMs = clock.offsetMs(at);
    const wall = nextMatch(schedule, at + offsetMs);
    if (wall === undefined) return undefined;
    const next = wall - offsetMs;
    if (clock.offsetMs(next) === offsetMs) return next;
    at = nextChange(clock, at, next);
  }
  return undefined;
}

/** The first wall time not before `wall` that matches. */
function nextMatch(fields: Fields, wall: number): number | undefined {
  let at = wall;
  for (const end = wall + LONGEST_DAYS * DAY_MS; at < end;) {
    const date = new Date(at);
    const [year, month, day, hour] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), date.getUTCHours()];
    if (!fields.months.has(month + 1)) at = Date.UTC(year, month + 1, 1);
    else if (!isDay(fields, date)) at = Date.UTC(year, month, day + 1);
    else if (!fields.hours.has(hour)) at = Date.UTC(year, month, day, hour + 1);
    else if (!fields.minutes.has(date.getUTCMinutes())) at += MINUTE_MS;
    else return at;
  }
  return undefined;
}

function isDay({ daysOfMonth, daysOfWeek, needsBothDays }: Fields, date: Date): boolean {
  const [inMonth, inWeek] = [daysOfMonth.has(date.getUTCDate()), daysOfWeek.has(date.getUTCDay())];
  return needsBothDays ? inMonth && inWeek : inMonth || inWeek;
}
