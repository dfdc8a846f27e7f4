import { afterAll, expect, it } from 'vitest';
import { formatTime } from '../../src/apimachinery/index.ts';
import { cronJobs, events, jobs, pods, type CronJob, type CronJobSpec, type Job } from '../../src/apis/index.ts';
import { FakeClock } from '../../src/component-base/index.ts';
import { startMemberOn } from '../harness/member-cluster.ts';

const clock = new FakeClock(Date.UTC(2026, 0, 1, 12, 0, 10));
const member = await startMemberOn(clock, { nodes: 1 });

afterAll(() => member[Symbol.asyncDispose]());

const { client } = member;
const namespace = 'default';
const TOKYO_MS = 9 * 3_600_000;
const endless = { command: ['sleep', 'infinity'] };

interface Traits extends Partial<CronJobSpec> {
  readonly command?: readonly string[];
}

function create(name: string, { command = ['true'], ...spec }: Traits = {}): Promise<CronJob> {
  const containers = [{ name: 'main', image: 'busybox:1', command }];
  const template = { spec: { restartPolicy: 'Never', containers } };
  const jobTemplate = { metadata: { labels: { app: name } }, spec: { backoffLimit: 0, template } };
  return client.create(cronJobs, {
    metadata: { namespace, name },
    spec: { schedule: '* * * * *', jobTemplate, ...spec },
  });
}

const statusOf = async (name: string) => (await client.get(cronJobs, { namespace, name })).status ?? {};
const jobsOf = async (name: string): Promise<readonly Job[]> =>
  (await client.list(jobs, { namespace, labelSelector: `app=${name}` })).items;
const namesOf = async (name: string) => (await jobsOf(name)).map(({ metadata }) => metadata.name ?? '').sort();

async function reasonsOf(name: string): Promise<readonly string[]> {
  const { items } = await client.list(events, { namespace, fieldSelector: `involvedObject.name=${name}` });
  return [...new Set(items.map(({ reason = '' }) => reason))];
}

/** What is started and counted takes a little time, which passes meanwhile. */
const soon = <T>(look: () => Promise<T>) =>
  expect.poll(
    async () => {
      await clock.advance(20);
      return look();
    },
    { timeout: 5000, interval: 5 },
  );

const nextMinute = () => clock.advance(60_000 - (clock.now() % 60_000) + 200);

/** The number of the minute that comes next: so are Jobs named that are made then. */
const comingMinute = () => Math.floor(clock.now() / 60_000) + 1;

async function suspend(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await client.patch(cronJobs, { namespace, name }, { type: 'merge', patch: { spec: { suspend: true } } });
  }
}

it('makes a Job each time, and keeps some that are over', async () => {
  await create('plain', { timeZone: 'Asia/Tokyo', successfulJobsHistoryLimit: 2 });
  await create('failing', { command: ['false'] });
  const first = comingMinute();
  await nextMinute();
  await soon(() => namesOf('plain')).toEqual([`plain-${first}`]);
  const [job] = await jobsOf('plain');
  expect(job?.metadata.annotations).toEqual({
    'batch.kubernetes.io/cronjob-scheduled-timestamp': formatTime(first * 60_000 + TOKYO_MS).replace('Z', '+09:00'),
  });
  expect(job?.metadata.ownerReferences).toMatchObject([{ kind: 'CronJob', name: 'plain', controller: true }]);
  await soon(() => statusOf('plain')).toMatchObject({
    lastScheduleTime: formatTime(first * 60_000),
    lastSuccessfulTime: expect.stringContaining(formatTime(first * 60_000).slice(0, -3)) as string,
  });
  await soon(async () => (await statusOf('plain')).active).toBeUndefined();

  await nextMinute();
  await soon(() => namesOf('plain')).toContain(`plain-${first + 1}`);
  await nextMinute();
  await soon(() => namesOf('plain')).toEqual([`plain-${first + 1}`, `plain-${first + 2}`]);
  await soon(() => namesOf('failing')).toEqual([`failing-${first + 2}`]);
  await soon(() => reasonsOf('plain')).toEqual(
    expect.arrayContaining(['SuccessfulCreate', 'SawCompletedJob', 'SuccessfulDelete']),
  );
  await suspend('plain', 'failing');
});

it('lets runs overlap, or not, or replaces them', async () => {
  const first = comingMinute();
  await create('allowing', endless);
  await create('forbidding', { ...endless, concurrencyPolicy: 'Forbid' });
  await create('replacing', { ...endless, concurrencyPolicy: 'Replace' });
  await nextMinute();
  for (const name of ['allowing', 'forbidding', 'replacing']) {
    await soon(async () => (await statusOf(name)).active?.length).toBe(1);
  }
  await nextMinute();
  const last = first + 1;
  await soon(async () => (await statusOf('allowing')).active?.length).toBe(2);
  await soon(() => reasonsOf('forbidding')).toContain('JobAlreadyActive');
  await soon(() => namesOf('replacing')).toEqual([`replacing-${last}`]);
  expect(await namesOf('forbidding')).toEqual([`forbidding-${last - 1}`]);
  expect((await statusOf('replacing')).active).toHaveLength(1);

  await suspend('allowing', 'forbidding', 'replacing');
  const [job] = await jobsOf('forbidding');
  await client.delete(jobs, { namespace, name: job?.metadata.name ?? '' }, { propagationPolicy: 'Background' });
  await soon(async () => (await statusOf('forbidding')).active).toBeUndefined();
  expect(await reasonsOf('forbidding')).toContain('MissingJob');
});

it('begins once for all that was missed, and warns when that is much', async () => {
  await create('resting', { suspend: true });
  await create('late', { suspend: true, schedule: '0 * * * *', startingDeadlineSeconds: 60 });
  for (let hour = 0; hour < 2; hour++) await clock.advance(3_600_000);
  expect(await jobsOf('resting')).toEqual([]);
  for (const name of ['resting', 'late']) {
    await client.patch(cronJobs, { namespace, name }, { type: 'merge', patch: { spec: { suspend: false } } });
  }
  await soon(() => jobsOf('resting')).toHaveLength(1);
  await soon(() => reasonsOf('resting')).toContain('TooManyMissedTimes');
  expect(await jobsOf('late')).toEqual([]);
  await suspend('resting', 'late');
});

it('deletes Jobs some time after they are over', async () => {
  const containers = [{ name: 'main', image: 'busybox:1' }];
  const template = { spec: { restartPolicy: 'Never', containers } };
  await client.create(jobs, {
    metadata: { namespace, name: 'brief' },
    spec: { template, ttlSecondsAfterFinished: 30 },
  });
  const briefs = async () => (await client.list(jobs, { namespace, fieldSelector: 'metadata.name=brief' })).items;
  await soon(async () => (await briefs())[0]?.status?.succeeded).toBe(1);
  await clock.advance(20_000);
  expect(await briefs()).toHaveLength(1);
  await clock.advance(11_000);
  await soon(briefs).toEqual([]);
  const made = await client.list(pods, { namespace, labelSelector: 'job-name=brief' });
  expect(made.items).toEqual([]);
});
