import { expect, it } from 'vitest';
import type { ContainerStatus, Job, JobSpec, JobStatus, Pod } from '../../../src/apis/index.ts';
import { account, settled } from './account.ts';
import { backOffMs, FailureRuns } from './back-off.ts';
import { COMPLETION_INDEX, TRACKING } from './job-pods.ts';
import { viewOf } from './job-view.ts';
import { podOfJob } from './pod-of-job.ts';
import { planPods } from './pods-plan.ts';
import { verdictOf } from './verdict.ts';

const NOW = Date.UTC(2026, 0, 1);
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

interface Traits {
  readonly phase?: string;
  readonly index?: number;
  readonly leaving?: boolean;
  readonly tracked?: boolean;
  readonly exitCode?: number;
  readonly endedSecondsAgo?: number;
  readonly failures?: number;
  readonly restarts?: number;
}

function pod(
  name: string,
  { phase = 'Running', index, leaving, tracked = true, failures, ...state }: Traits = {},
): Pod {
  const annotations = {
    ...(index === undefined ? {} : { [COMPLETION_INDEX]: String(index) }),
    ...(failures === undefined ? {} : { 'batch.kubernetes.io/job-index-failure-count': String(failures) }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      annotations,
      ...(tracked ? { finalizers: [TRACKING] } : {}),
      ...(leaving === true ? { deletionTimestamp: ago(1) } : {}),
    },
    spec: { containers: [], nodeName: 'n' },
    status: { phase, containerStatuses: [container(phase, state)] },
  };
}

function container(phase: string, { exitCode, endedSecondsAgo = 0, restarts = 0 }: Traits): ContainerStatus {
  const ended = phase === 'Succeeded' || phase === 'Failed';
  const code = exitCode ?? (phase === 'Succeeded' ? 0 : 1);
  const state = ended ? { terminated: { exitCode: code, finishedAt: ago(endedSecondsAgo) } } : {};
  return { name: 'c', ready: false, restartCount: restarts, image: '', imageID: '', state };
}

function view(spec: Partial<JobSpec>, pods: readonly Pod[], status: JobStatus = {}) {
  const whole: JobSpec = {
    parallelism: 1,
    backoffLimit: 6,
    ...spec,
    template: spec.template ?? { spec: { restartPolicy: 'Never', containers: [{ name: 'c' }] } },
  };
  const job: Job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'work', namespace: 'default', uid: 'u' },
    spec: whole,
    status: { startTime: ago(60), ...status },
  };
  return viewOf(job, whole, pods, { removing: new Set(), now: NOW });
}

const indexed = { completionMode: 'Indexed', completions: 4, parallelism: 4 } as const;
const running = ['a', 'b', 'c'].map((name) => pod(name));

it.each<[string, Partial<JobSpec>, readonly Pod[], JobStatus, readonly string[], number]>([
  ['as many as may run at once', { parallelism: 3, completions: 9 }, [pod('a')], {}, [], 2],
  ['no more than are to succeed', { parallelism: 3, completions: 9 }, [], { succeeded: 8 }, [], 1],
  [
    'none when one of a queue has succeeded',
    { parallelism: 3 },
    [pod('a'), pod('b', { phase: 'Succeeded' })],
    {},
    [],
    0,
  ],
  [
    'none beside one that is going, if told so',
    { podReplacementPolicy: 'Failed' },
    [pod('a', { leaving: true })],
    {},
    [],
    0,
  ],
  ['one for one that is going', {}, [pod('a', { leaving: true })], {}, [], 1],
  ['none while it rests', { parallelism: 3, suspend: true }, running, {}, ['a', 'b', 'c'], 0],
  ['fewer', { parallelism: 0 }, running, {}, ['a', 'b', 'c'], 0],
])('wants %s', (_what, spec, pods, status, remove, create) => {
  const plan = planPods(view(spec, pods, status), 0, NOW);
  expect(plan.remove.map(({ metadata }) => metadata.name)).toEqual(remove);
  expect(plan.create).toHaveLength(create);
});

it('makes the first indexes that nobody works on, and removes who works on the same', () => {
  const pods = [pod('a', { index: 1 }), pod('b', { index: 3, phase: 'Succeeded' })];
  expect(planPods(view({ ...indexed, completions: 9 }, pods), 0, NOW).create).toEqual([0, 2, 4]);
  const doubled = [pod('a', { index: 1 }), pod('b', { index: 1, phase: 'Pending' }), pod('c', { index: 7 })];
  const { remove, create } = planPods(view(indexed, doubled), 0, NOW);
  expect([remove.map(({ metadata }) => metadata.name).sort(), create]).toEqual([['b', 'c'], []]);
});

it('waits after failures, each index for itself where it has tries of its own', () => {
  expect(planPods(view({}, []), 500, NOW)).toEqual({ remove: [], create: [], waitMs: 500 });
  const failed = pod('a', { index: 0, phase: 'Failed', failures: 1, endedSecondsAgo: 5 });
  const own = view({ ...indexed, backoffLimitPerIndex: 3 }, [failed]);
  expect(planPods(own, 500, NOW)).toEqual({ remove: [], create: [1, 2, 3], waitMs: 15_000 });
  expect(podOfJob(own, 0).metadata.annotations).toMatchObject({ 'batch.kubernetes.io/job-index-failure-count': '2' });
  expect(account(own, {}, undefined).release).toEqual([]);
});

it.each([
  [0, 0, 0],
  [1, 0, 10_000],
  [3, 15, 25_000],
  [1, 60, 0],
  [20, 0, 600_000],
])('after %i failures, %i s ago, it waits %i ms', (failures, secondsAgo, waitMs) => {
  expect(backOffMs({ failures, lastAt: NOW - secondsAgo * 1000 }, NOW)).toBe(waitMs);
});

it('counts failures since one last succeeded', () => {
  const runs = new FailureRuns();
  const failed = [pod('a', { phase: 'Failed', endedSecondsAgo: 9 }), pod('b', { phase: 'Failed', endedSecondsAgo: 3 })];
  const first = runs.next('j', { succeeded: [], failed }, NOW);
  expect(first).toEqual({ failures: 2, lastAt: NOW - 3000 });
  runs.keep('j', first);
  const succeeded = [pod('c', { phase: 'Succeeded', endedSecondsAgo: 5 })];
  expect(runs.next('j', { succeeded: [], failed: failed.slice(0, 1) }, NOW).failures).toBe(3);
  expect(runs.next('j', { succeeded, failed }, NOW)).toEqual({ failures: 1, lastAt: NOW - 3000 });
});

it.each<[string, Partial<JobSpec>, readonly Pod[], JobStatus]>([
  ['BackoffLimitExceeded', { backoffLimit: 1 }, [pod('a', { phase: 'Failed' })], { failed: 1 }],
  [
    'BackoffLimitExceeded',
    { backoffLimit: 2, template: { spec: { restartPolicy: 'OnFailure', containers: [] } } },
    [pod('a', { restarts: 2 })],
    {},
  ],
  ['DeadlineExceeded', { activeDeadlineSeconds: 60 }, [], {}],
  [
    'MaxFailedIndexesExceeded',
    { ...indexed, backoffLimitPerIndex: 1, maxFailedIndexes: 1 },
    [],
    { failedIndexes: '0,2' },
  ],
  ['FailedIndexes', { ...indexed, backoffLimitPerIndex: 1 }, [], { failedIndexes: '0', completedIndexes: '1-3' }],
  [
    'SuccessPolicy',
    { ...indexed, successPolicy: { rules: [{ succeededIndexes: '0-1', succeededCount: 1 }] } },
    [],
    { completedIndexes: '1' },
  ],
  [
    'PodFailurePolicy',
    { podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'NotIn', values: [2] } }] } },
    [pod('a', { phase: 'Failed', exitCode: 3 })],
    {},
  ],
])('passes the verdict %s', (reason, spec, pods, status) => {
  expect(verdictOf(view(spec, pods, status), NOW)).toMatchObject({ reason });
});

it.each<[Partial<JobSpec>, readonly Pod[], JobStatus]>([
  [{ backoffLimit: 1 }, [pod('a', { phase: 'Failed' })], {}],
  [{ activeDeadlineSeconds: 61 }, [], {}],
  [{ activeDeadlineSeconds: 1, suspend: true }, [], {}],
  [{ ...indexed, successPolicy: { rules: [{ succeededIndexes: '0-1' }] } }, [], { completedIndexes: '1' }],
  [
    {
      backoffLimit: 0,
      podFailurePolicy: { rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [1] } }] },
    },
    [pod('a', { phase: 'Failed' })],
    {},
  ],
])('passes no verdict on %j', (spec, pods, status) => {
  expect(verdictOf(view(spec, pods, status), NOW)).toBeUndefined();
});

it('names pods before it counts them, and counts none twice', () => {
  const pods = [
    pod('ok', { phase: 'Succeeded' }),
    pod('bad', { phase: 'Failed' }),
    pod('on'),
    pod('old', { phase: 'Failed', tracked: false }),
  ];
  const named = account(view({ completions: 3 }, pods), { failed: 4 }, undefined);
  expect(named.release.map(({ metadata }) => metadata.name)).toEqual(['ok', 'bad']);
  expect(named.status).toEqual({ failed: 4, uncountedTerminatedPods: { succeeded: ['ok'], failed: ['bad'] } });
  const again = account(view({ completions: 3 }, pods, named.status), named.status, undefined);
  expect(again.status).toEqual(named.status);
  expect(settled(named.status, new Set(['bad', 'on']))).toEqual({
    succeeded: 1,
    failed: 4,
    uncountedTerminatedPods: { failed: ['bad'] },
  });
  const failure = { type: 'FailureTarget', reason: 'r', message: 'm' } as const;
  expect(account(view({}, [pod('on')]), {}, failure).status).toEqual({ uncountedTerminatedPods: { failed: ['on'] } });
});

it('forgets indexes that there are no longer', () => {
  const status = { succeeded: 2, completedIndexes: '0,3' };
  expect(account(view({ ...indexed, completions: 3 }, [], status), status, undefined).status).toMatchObject({
    succeeded: 1,
    completedIndexes: '0',
  });
  const none = account(view({ ...indexed, completions: 0 }, [], status), status, undefined).status;
  expect(none).toEqual({ uncountedTerminatedPods: {} });
});
