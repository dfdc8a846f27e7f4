import { expect, it } from 'vitest';
import type { CronJobSpec } from '../generated/wire-types.ts';
import { cronJobs } from './cron-job.ts';
import { scheduleProblem } from './cron-schedule.ts';

it.each([
  '* * * * *',
  '*/15 0-6,22 1,15 jan-mar,DEC mon-fri',
  '? ? ? ? ?',
  '5/10 * * * 0',
  '@daily',
  '@annually',
  '@every 1h30m',
])('%s is a schedule', (schedule) => {
  expect(scheduleProblem(schedule)).toBeUndefined();
});

it.each([
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['30-10 * * * *', 'beginning of range (30) beyond end of range (10): 30-10'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
  ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ['often * * * *', 'failed to parse int from often: strconv.Atoi: parsing "often": invalid syntax'],
  ['@never', 'unrecognized descriptor: @never'],
  ['@every day', 'failed to parse duration @every day: time: invalid duration "day"'],
])('%s is none', (schedule, problem) => {
  expect(scheduleProblem(schedule)).toBe(problem);
});

const spec: CronJobSpec = {
  schedule: '@daily',
  jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } } },
};
const problems = (change: Partial<CronJobSpec>) => {
  const object = { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'a' }, spec: { ...spec, ...change } };
  return (cronJobs.strategy.validate?.(cronJobs.strategy.defaults?.(object) ?? object) ?? []).map(
    ({ field, message }) => `${field}: ${message}`,
  );
};

it.each<[Partial<CronJobSpec>, readonly string[]]>([
  [{ timeZone: 'Europe/Berlin' }, []],
  [{ timeZone: 'Etc/UTC' }, []],
  [{ timeZone: 'Mars/Olympus' }, ['spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus']],
  [
    { timeZone: 'Local' },
    [
      'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    ],
  ],
  [
    { schedule: 'TZ=UTC * * * * *' },
    [
      'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    ],
  ],
])('a CronJob with %j', (change, expected) => {
  expect(problems(change)).toEqual(expected);
});

it.each(['9'.repeat(200_000), `${'9'.repeat(100_000)}.${'9'.repeat(100_000)}`, `${'1s'.repeat(100_000)}x`])(
  'refuses a duration of very many digits at once',
  { timeout: 1_000 },
  (digits) => {
    expect(scheduleProblem(`@every ${digits}`)).toContain('time: invalid duration');
  },
);
