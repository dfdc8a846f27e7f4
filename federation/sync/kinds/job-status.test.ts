import { expect, it } from 'vitest';
import { isConditionTrue } from '../../../src/apimachinery/index.ts';
import type { CronJob, Job } from '../../../src/apis/index.ts';
import { cronJobStatus, jobStatus } from './job-status.ts';

const settled = { isSettled: true, now: Date.UTC(2026, 0, 1) };
const template = { spec: { containers: [] } };
const job = (status: Job['status'] = {}): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'sum' },
  spec: { template },
  status,
});
const copiesOf = <T>(...objects: T[]) => objects.map((object, index) => ({ cluster: `c${index}`, object }));
const holds = (type: string) => ({ conditions: [{ type, status: 'True' }] });

const early = job({ succeeded: 2, startTime: '2026-01-01T00:00:00Z', completionTime: '2026-01-01T00:01:00Z' });
const late = job({ succeeded: 2, startTime: '2026-01-01T00:00:30Z', completionTime: '2026-01-01T00:02:00Z' });
const complete = ({ status, ...rest }: Job): Job => ({ ...rest, status: { ...status, ...holds('Complete') } });

it('is complete when every cluster is', () => {
  const half = jobStatus(job(), copiesOf(complete(early), late), settled);
  expect(half.status).toEqual({ succeeded: 4, startTime: '2026-01-01T00:00:00Z' });

  const copies = copiesOf(complete(early), complete(late));
  const waiting = jobStatus(job(), copies, { ...settled, isSettled: false });
  expect(isConditionTrue(waiting.status?.conditions, 'Complete')).toBe(false);

  const { status } = jobStatus(half, copies, settled);
  expect(isConditionTrue(status?.conditions, 'Complete')).toBe(true);
  expect(status).toMatchObject({ succeeded: 4, completionTime: '2026-01-01T00:02:00Z' });
});

it('is not complete where no cluster has it', () => {
  const object = job();
  expect(jobStatus(object, [], settled)).toBe(object);
});

it('stays complete when its copies go', () => {
  const object = jobStatus(job(), copiesOf(complete(early)), settled);
  expect(jobStatus(object, [], settled)).toBe(object);
  expect(jobStatus(object, copiesOf(job({ active: 1 })), settled)).toBe(object);
});

it('has failed as soon as one cluster has, and is never complete as well', () => {
  const failed = jobStatus(job(), copiesOf(job({ active: 1 }), job({ failed: 3, ...holds('Failed') })), settled);
  expect(failed.status).toMatchObject({
    active: 1,
    failed: 3,
    conditions: [{ type: 'Failed', message: 'Failed in c1.' }],
  });

  const later = jobStatus(failed, copiesOf(complete(early), complete(late)), settled);
  expect(later.status?.conditions?.map(({ type }) => type)).toEqual(['Failed']);
  expect(later.status).toMatchObject({ succeeded: 4 });
});

it('is suspended while every cluster is', () => {
  const object = jobStatus(job(), copiesOf(job(holds('Suspended')), job(holds('Suspended'))), settled);
  expect(isConditionTrue(object.status?.conditions, 'Suspended')).toBe(true);
  const resumed = jobStatus(object, copiesOf(job({ active: 1 }), job(holds('Suspended'))), settled);
  expect(resumed.status).toMatchObject({ active: 1, conditions: [{ type: 'Suspended', status: 'False' }] });
});

it('tells when a CronJob last ran anywhere, and names no Jobs of members', () => {
  const cron = (status: CronJob['status'] = {}): CronJob => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tick' },
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template } } },
    status,
  });
  const copies = copiesOf(
    cron({ lastScheduleTime: '2026-01-01T00:02:00Z', lastSuccessfulTime: '2026-01-01T00:01:10Z' }),
    cron({ lastScheduleTime: '2026-01-01T00:01:00Z', active: [{ name: 'tick-1' }] }),
    cron(),
  );
  expect(cronJobStatus(cron(), copies).status).toEqual({
    lastScheduleTime: '2026-01-01T00:02:00Z',
    lastSuccessfulTime: '2026-01-01T00:01:10Z',
  });
});
