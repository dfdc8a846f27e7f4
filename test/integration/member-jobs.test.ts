import { afterAll, expect, it } from 'vitest';
import { findCondition } from '../../src/apimachinery/index.ts';
import { events, jobs, pods, type Job, type Pod } from '../../src/apis/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const member = await startTestMember({ nodes: 2 });

afterAll(() => member[Symbol.asyncDispose]());

const { client } = member;
const namespace = 'default';
const EXIT_AFTER = 'koinon.dev/hollow-exit-after';
const EXIT_CODE = 'koinon.dev/hollow-exit-code';
const LATER = { timeout: 5000 };

type Spec = Omit<NonNullable<Job['spec']>, 'template'>;

interface Traits extends Spec {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly restartPolicy?: string;
}

function jobOf(name: string, { annotations = {}, restartPolicy = 'Never', ...spec }: Traits = {}) {
  const containers = [{ name: 'main', image: 'busybox:1' }];
  return {
    metadata: { namespace, name },
    spec: { ...spec, template: { metadata: { annotations }, spec: { restartPolicy, containers } } },
  };
}

const run = (name: string, traits?: Traits) => client.create(jobs, jobOf(name, traits));
const read = (name: string) => client.get(jobs, { namespace, name });
const statusOf = async (name: string) => (await read(name)).status ?? {};
const conditionsOf = async (name: string) =>
  ((await statusOf(name)).conditions ?? [])
    .filter(({ status }) => status === 'True')
    .map(({ type, reason }) => `${type} ${reason ?? ''}`);

async function podsOf(name: string): Promise<readonly Pod[]> {
  return (await client.list(pods, { namespace, labelSelector: `job-name=${name}` })).items;
}

async function eventsOf(name: string): Promise<readonly string[]> {
  const { items } = await client.list(events, { namespace, fieldSelector: `involvedObject.name=${name}` });
  return items.map(({ reason = '' }) => reason);
}

const patch = (name: string, spec: Partial<Spec>) =>
  client.patch(
    jobs,
    { namespace, name },
    { type: 'merge', patch: { spec: JSON.parse(JSON.stringify(spec)) as never } },
  );

const forEver = { annotations: { [EXIT_AFTER]: '60m' } };
const failing = { annotations: { [EXIT_CODE]: '3' } };

it('runs as many pods at once as it may until enough have succeeded', async () => {
  await run('work', { completions: 5, parallelism: 2 });
  await expect
    .poll(() => conditionsOf('work'), LATER)
    .toEqual(['SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached']);
  const status = await statusOf('work');
  expect(status).toMatchObject({ succeeded: 5, ready: 0, terminating: 0, uncountedTerminatedPods: {} });
  expect(status).not.toHaveProperty('active');
  expect(status.completionTime).toBeDefined();
  const made = await podsOf('work');
  expect(made).toHaveLength(5);
  expect(made.flatMap(({ metadata }) => metadata.finalizers ?? [])).toEqual([]);
  await expect.poll(() => eventsOf('work')).toContain('Completed');
  expect((await eventsOf('work')).filter((reason) => reason === 'SuccessfulCreate')).not.toEqual([]);
});

it('fails when too many pods have, and waits longer after each', async () => {
  await run('bad', { ...failing, backoffLimit: 0 });
  await expect
    .poll(() => conditionsOf('bad'), LATER)
    .toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']);
  expect(await statusOf('bad')).toMatchObject({ failed: 1, uncountedTerminatedPods: {} });
  await expect.poll(() => eventsOf('bad')).toContain('BackoffLimitExceeded');

  await run('hesitant', failing);
  await expect.poll(() => statusOf('hesitant'), LATER).toMatchObject({ failed: 1, ready: 0 });
  expect(await podsOf('hesitant')).toHaveLength(1);
});

it('gives each pod of an Indexed Job its index', async () => {
  await run('indexed', { completionMode: 'Indexed', completions: 4, parallelism: 3 });
  await expect.poll(async () => (await statusOf('indexed')).completedIndexes, LATER).toBe('0-3');
  await expect.poll(() => conditionsOf('indexed')).toContain('Complete CompletionsReached');
  const made = (await podsOf('indexed')).toSorted((a, b) =>
    (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1,
  );
  const index = 'batch.kubernetes.io/job-completion-index';
  expect(made.map(({ metadata }) => [metadata.annotations?.[index], metadata.labels?.[index]])).toEqual(
    [0, 1, 2, 3].map((number) => [String(number), String(number)]),
  );
  expect(made.map(({ spec }) => spec?.hostname)).toEqual([0, 1, 2, 3].map((number) => `indexed-${number}`));
  expect(made[0]?.metadata.name).toMatch(/^indexed-0-.{5}$/);
  expect(made[0]?.spec?.containers[0]?.env?.[0]).toMatchObject({ name: 'JOB_COMPLETION_INDEX' });
});

it('fails an index for itself, and the Job when all have ended', async () => {
  await run('per-index', {
    ...failing,
    completionMode: 'Indexed',
    completions: 2,
    parallelism: 2,
    backoffLimitPerIndex: 0,
  });
  await expect
    .poll(() => conditionsOf('per-index'), LATER)
    .toEqual(['FailureTarget FailedIndexes', 'Failed FailedIndexes']);
  expect(await statusOf('per-index')).toMatchObject({ failed: 2, failedIndexes: '0,1' });
});

it('goes by the policies of failure and of success', async () => {
  await run('policy', {
    ...failing,
    podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [3] } }] },
  });
  await expect
    .poll(() => conditionsOf('policy'), LATER)
    .toEqual(['FailureTarget PodFailurePolicy', 'Failed PodFailurePolicy']);
  const [made] = await podsOf('policy');
  expect(findCondition((await statusOf('policy')).conditions, 'Failed')?.message).toBe(
    `Container main for pod default/${made?.metadata.name ?? ''} failed with exit code 3 matching FailJob rule at index 0`,
  );

  await run('enough', {
    completionMode: 'Indexed',
    completions: 3,
    parallelism: 1,
    successPolicy: { rules: [{ succeededIndexes: '0' }] },
  });
  await expect
    .poll(() => conditionsOf('enough'), LATER)
    .toEqual(['SuccessCriteriaMet SuccessPolicy', 'Complete SuccessPolicy']);
  expect(await statusOf('enough')).toMatchObject({ succeeded: 1, completedIndexes: '0' });
});

it('rests while it is suspended, and begins its time anew', async () => {
  await run('resting', { ...forEver, suspend: true, parallelism: 2 });
  await expect.poll(() => conditionsOf('resting')).toEqual(['Suspended JobSuspended']);
  expect(await podsOf('resting')).toEqual([]);
  expect((await statusOf('resting')).startTime).toBeUndefined();

  await patch('resting', { suspend: false });
  await expect.poll(() => statusOf('resting'), LATER).toMatchObject({ active: 2, ready: 2 });
  expect((await statusOf('resting')).startTime).toBeDefined();
  await patch('resting', { suspend: true });
  await expect.poll(async () => (await podsOf('resting')).length, LATER).toBe(0);
  const status = await statusOf('resting');
  expect(status).not.toHaveProperty('failed');
  expect(status.startTime).toBeUndefined();
  await expect.poll(() => eventsOf('resting')).toEqual(expect.arrayContaining(['Suspended', 'Resumed']));
});

it('ends the pods of a Job that takes too long', async () => {
  await run('slow', { ...forEver, activeDeadlineSeconds: 1 });
  await expect.poll(() => statusOf('slow'), LATER).toMatchObject({ active: 1 });
  await expect
    .poll(() => conditionsOf('slow'), LATER)
    .toEqual(['FailureTarget DeadlineExceeded', 'Failed DeadlineExceeded']);
  await expect.poll(async () => (await podsOf('slow')).length, LATER).toBe(0);
  expect(await statusOf('slow')).toMatchObject({ failed: 1, terminating: 0 });
});

it('changes how many run, adopts what is its own and lets go of what is not', async () => {
  await run('elastic', { ...forEver, parallelism: 1, completions: 10 });
  await expect.poll(() => statusOf('elastic'), LATER).toMatchObject({ ready: 1 });
  await patch('elastic', { parallelism: 3 });
  await expect.poll(() => statusOf('elastic'), LATER).toMatchObject({ ready: 3 });
  await patch('elastic', { parallelism: 1 });
  await expect.poll(async () => (await podsOf('elastic')).length, LATER).toBe(1);
  expect(await statusOf('elastic')).not.toHaveProperty('failed');

  const [pod] = await podsOf('elastic');
  const name = pod?.metadata.name ?? '';
  const change = (metadata: object) =>
    client.patch(
      pods,
      { namespace, name },
      { type: 'merge', patch: { metadata: JSON.parse(JSON.stringify(metadata)) as never } },
    );
  await change({ ownerReferences: null });
  const ownerOf = async () => (await client.get(pods, { namespace, name })).metadata;
  await expect
    .poll(ownerOf, LATER)
    .toMatchObject({ ownerReferences: [{ kind: 'Job' }], finalizers: ['batch.kubernetes.io/job-tracking'] });
  await change({ labels: { 'batch.kubernetes.io/controller-uid': 'another' } });
  await expect.poll(async () => (await ownerOf()).ownerReferences, LATER).toBeUndefined();
  await expect.poll(async () => (await ownerOf()).finalizers, LATER).toBeUndefined();
});

it('leaves nothing behind when it is deleted, nor touches what others manage', async () => {
  await run('gone', { ...forEver, parallelism: 2 });
  await expect.poll(() => statusOf('gone'), LATER).toMatchObject({ ready: 2 });
  await client.delete(jobs, { namespace, name: 'gone' }, { propagationPolicy: 'Background' });
  await expect.poll(async () => (await podsOf('gone')).length, LATER).toBe(0);

  await run('orphaning', forEver);
  await expect.poll(() => statusOf('orphaning'), LATER).toMatchObject({ ready: 1 });
  await client.delete(jobs, { namespace, name: 'orphaning' });
  await expect.poll(async () => (await podsOf('orphaning'))[0]?.metadata.finalizers, LATER).toBeUndefined();

  await run('theirs', { managedBy: 'example.com/other' });
  await run('ours', {});
  await expect.poll(() => conditionsOf('ours'), LATER).toContain('Complete CompletionsReached');
  expect((await read('theirs')).status).toEqual({});
});

it('replaces a pod that is deleted only when it has ended, if it is told to wait for that', async () => {
  const slow = { ...forEver.annotations, 'koinon.dev/hollow-stop-after': '300ms' };
  await run('patient', { annotations: slow, podReplacementPolicy: 'Failed', backoffLimit: 0 });
  await expect.poll(() => statusOf('patient'), LATER).toMatchObject({ ready: 1 });
  const [first] = await podsOf('patient');
  await client.delete(pods, { namespace, name: first?.metadata.name ?? '' });
  await expect.poll(() => statusOf('patient'), LATER).toMatchObject({ terminating: 1, ready: 0 });
  await expect
    .poll(() => conditionsOf('patient'), LATER)
    .toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']);
  expect(await statusOf('patient')).toMatchObject({ failed: 1, terminating: 0 });
});

it('tries again in the same pod where that is asked for', async () => {
  const script = 'if [[ -r /data/begun ]]; then exit 0; else touch /data/begun; exit 1; fi';
  const job = jobOf('again', { restartPolicy: 'OnFailure' });
  const data = { name: 'data', mountPath: '/data' };
  const containers = [{ name: 'main', image: 'busybox:1', command: ['sh', '-c', script], volumeMounts: [data] }];
  const spec = { restartPolicy: 'OnFailure', containers, volumes: [{ name: 'data', emptyDir: {} }] };
  await client.create(jobs, { ...job, spec: { template: { spec } } });
  await expect.poll(() => conditionsOf('again'), LATER).toContain('Complete CompletionsReached');
  const [pod] = await podsOf('again');
  expect(pod?.status?.containerStatuses?.[0]?.restartCount).toBe(1);
});
