import { expect, it } from 'vitest';
import { parseCronSchedule } from '../../../src/apis/index.ts';
import { dueTime } from './due-time.ts';
import { nextTime } from './schedule.ts';
import { wallClock } from './wall-time.ts';

function parsed(schedule: string) {
  const read = parseCronSchedule(schedule);
  if (typeof read === 'string') throw new TypeError(read);
  return read;
}

const NEW_YORK = 'America/New_York';

/** What `robfig/cron` is tested for. */
it.each([
  ['2012-07-09T14:45:00Z', '0/15 * * * *', undefined, '2012-07-09T15:00:00Z'],
  ['2012-07-09T14:59:59Z', '0/15 * * * *', undefined, '2012-07-09T15:00:00Z'],
  ['2012-07-09T15:45:00Z', '20-35/15 * * * *', undefined, '2012-07-09T16:20:00Z'],
  ['2012-07-09T23:46:00Z', '*/15 * * * *', undefined, '2012-07-10T00:00:00Z'],
  ['2012-07-09T23:35:51Z', '15/35 1/2 */2 * *', undefined, '2012-07-09T23:50:00Z'],
  ['2012-07-09T23:35:00Z', '0 0 9 Apr-Oct ?', undefined, '2012-08-09T00:00:00Z'],
  ['2012-07-09T23:35:00Z', '0 0 */5 Apr,Aug,Oct Mon', undefined, '2012-08-01T00:00:00Z'],
  ['2012-07-09T23:35:00Z', '0 0 */5 Oct Mon', undefined, '2012-10-01T00:00:00Z'],
  ['2012-07-09T23:35:00Z', '0 0 * Feb Mon', undefined, '2013-02-04T00:00:00Z'],
  ['2012-07-09T23:35:00Z', '0 0 29 Feb ?', undefined, '2016-02-29T00:00:00Z'],
  ['2012-12-31T23:59:45Z', '* * * * *', undefined, '2013-01-01T00:00:00Z'],
  ['2012-07-09T23:35:00Z', '0 0 30 Feb ?', undefined, undefined],
  ['2012-03-11T05:00:00Z', '30 2 11 Mar ?', NEW_YORK, '2013-03-11T06:30:00Z'],
  ['2012-03-11T06:00:00Z', '0 * * * ?', NEW_YORK, '2012-03-11T07:00:00Z'],
  ['2012-03-11T05:00:00Z', '0 2 * * ?', NEW_YORK, '2012-03-12T06:00:00Z'],
  ['2012-11-04T04:00:00Z', '30 2 04 Nov ?', NEW_YORK, '2012-11-04T07:30:00Z'],
  ['2012-11-04T05:45:00Z', '30 1 04 Nov ?', NEW_YORK, '2012-11-04T06:30:00Z'],
  ['2012-11-04T05:00:00Z', '0 * * * ?', NEW_YORK, '2012-11-04T06:00:00Z'],
  ['2012-11-04T06:00:00Z', '0 1 * * ?', NEW_YORK, '2012-11-05T06:00:00Z'],
  ['2012-11-04T04:00:00Z', '0 3 * * ?', NEW_YORK, '2012-11-04T08:00:00Z'],
  ['2026-01-01T00:00:00Z', '@hourly', 'Asia/Kolkata', '2026-01-01T00:30:00Z'],
  ['2026-01-01T00:00:10Z', '@every 1h30m', undefined, '2026-01-01T01:30:10Z'],
])('after %s, %j in %s comes %s', (after, schedule, zone, expected) => {
  const next = nextTime(parsed(schedule), wallClock(zone), Date.parse(after));
  expect(next === undefined ? undefined : new Date(next).toISOString().replace('.000', '')).toBe(expected);
});

it.each([
  ['nothing yet', '0 * * * *', '10:10', '10:59', undefined, 0],
  ['the one that has just come', '0 * * * *', '10:10', '11:00', '11:00', 0],
  ['the last of a few', '*/10 * * * *', '10:10', '11:05', '11:00', 5],
  ['the last of very many', '* * * * *', '01:00', '10:30', '10:30', 570],
  ['the last of an uneven schedule', '0 6-16/4 * * *', '05:00', '23:00', '14:00', 5],
  ['the last, counted from the first', '@every 7m', '10:10', '10:40', '10:38', 4],
])('is due: %s', (_what, schedule, since, now, expected, missed) => {
  const at = (time: string) => Date.parse(`2026-01-05T${time}:00Z`);
  const due = dueTime(parsed(schedule), wallClock(undefined), at(since), at(now));
  expect(due).toEqual({ at: expected === undefined ? undefined : at(expected), missed });
});
