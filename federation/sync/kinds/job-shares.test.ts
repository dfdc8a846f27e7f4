import { expect, it } from 'vitest';
import type { Job } from '../../../src/apis/index.ts';
import type { Cluster } from '../../apis/index.ts';
import { planReplicas, preferenceFor } from '../../scheduling/index.ts';
import type { ApportionInput } from '../apportionment.ts';
import type { Share } from '../share.ts';
import { apportionJob } from './job-shares.ts';

type Spec = NonNullable<Job['spec']>;
const template: Spec['template'] = { spec: { containers: [], restartPolicy: 'Never' } };

const job = (spec: Partial<Spec>, change: Partial<Job> = {}): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'sum', namespace: 'shop', ...change.metadata },
  spec: { parallelism: 1, template, ...spec },
  ...(change.status === undefined ? {} : { status: change.status }),
});
const copy = (spec: Partial<Spec>, status: Job['status'] = {}): Job => job(spec, { status });
const holds = (type: string, more: Job['status'] = {}) => ({ ...more, conditions: [{ type, status: 'True' }] });
const cluster = (name: string): Cluster => ({
  apiVersion: 'federation/v1beta1',
  kind: 'Cluster',
  metadata: { name },
});

interface World {
  readonly copies?: Readonly<Record<string, Job>>;
  readonly record?: ApportionInput<Job>['record'];
  readonly leaving?: readonly string[];
  readonly lost?: readonly string[];
  readonly unseen?: readonly string[];
  readonly scheduling?: ApportionInput<Job>['scheduling'];
}

const NAMES = ['a', 'b', 'c'];

interface Outcome {
  readonly shares?: Readonly<Record<string, Share>>;
  readonly spared?: readonly string[];
  readonly staying?: readonly string[];
  readonly problem?: string;
  readonly done?: Readonly<Record<string, number>>;
}

function outcome(object: Job, world: World = {}): Outcome {
  const { copies = {}, leaving = [], lost = [], unseen = [] } = world;
  const chosen = NAMES.filter((name) => !leaving.includes(name));
  const result = apportionJob({
    object,
    clusters: new Map(NAMES.map((name) => [name, cluster(name)])),
    chosen: new Set(chosen),
    open: chosen.filter((name) => !lost.includes(name)),
    leaving: new Set(leaving),
    lost: new Set(lost),
    fixed: new Map(),
    scheduling: world.scheduling,
    copyIn: (name) => copies[name],
    isSeen: (name) => !unseen.includes(name),
    record: world.record,
    divide: (total, clusters, { preferences, current = new Map() }) =>
      planReplicas({ total, clusters, current, capacity: new Map(), preferences, key: 'shop/sum' }).replicas,
    mostIn: (name, preferences) => preferenceFor(preferences, name)?.maxReplicas ?? Infinity,
  });
  if (!result.ok) return { problem: result.problem };
  const { shares, spared, staying, notes, problem } = result;
  return {
    shares: Object.fromEntries([...shares].sort()),
    ...(spared.size === 0 ? {} : { spared: [...spared.keys()].sort() }),
    ...(staying.size === 0 ? {} : { staying: [...staying.keys()] }),
    ...(problem === undefined ? {} : { problem }),
    ...notes,
  };
}

const share = (completions: number, replicas: number) => ({ completions, replicas });

it('gives each cluster its part, by preferences', () => {
  expect(outcome(job({ parallelism: 3, completions: 9 }))).toEqual({
    shares: { a: share(3, 1), b: share(3, 1), c: share(3, 1) },
  });
  const preferences = JSON.stringify({ clusters: { a: { weight: 1, maxReplicas: 1 }, b: { weight: 3 } } });
  const metadata = { annotations: { 'federation.kubernetes.io/job-preferences': preferences } };
  expect(outcome(job({ parallelism: 4, completions: 8 }, { metadata }))).toEqual({
    shares: { a: share(2, 1), b: share(6, 3) },
    spared: ['c'],
  });
  const broken = { annotations: { 'federation.kubernetes.io/job-preferences': '{' } };
  expect(outcome(job({}, { metadata: broken })).problem).toContain('cannot be read, all stays as it is');
});

it('gives nothing out twice, whatever it can see', () => {
  const object = job({ parallelism: 2, completions: 6 });
  const given = { shares: { a: share(4, 1), b: share(2, 1) }, spared: ['c'] };
  const copies = { a: copy({ completions: 4 }), b: copy({ completions: 2 }) };
  expect(outcome(object, { copies })).toEqual(given);
  expect(outcome(object, { copies, lost: ['a'] })).toEqual(given);
  const record = { clusters: { a: 4, b: 2 } };
  expect(outcome(object, { record, unseen: NAMES })).toEqual(given);
  expect(outcome(object, { record })).toEqual(given);
});

it('remembers what is done when the copy is gone, or its cluster left', () => {
  const object = job({ parallelism: 2, completions: 6 });
  const done = copy({ completions: 4, parallelism: 1 }, holds('Complete', { succeeded: 4 }));
  const copies = { a: done, b: copy({ completions: 2 }) };
  const noted = { done: { a: 4 }, spared: ['c'] };
  expect(outcome(object, { copies })).toEqual({ shares: { a: share(4, 1), b: share(2, 2) }, ...noted });
  const record = { clusters: { b: 2 }, done: { a: 4 } };
  const without = { b: copy({ completions: 2 }) };
  expect(outcome(object, { copies: without, record })).toEqual({ shares: { b: share(2, 2) }, ...noted });
  expect(outcome(object, { copies, leaving: ['a'] })).toMatchObject({ shares: { b: share(2, 2) }, done: { a: 4 } });
});

it('leaves a cluster when another can take its part, and else when that is done', () => {
  const object = job({ parallelism: 2, completions: 6 });
  const a = copy({ completions: 4 });
  const b = copy({ completions: 2 });
  expect(outcome(object, { copies: { a, b }, leaving: ['a'] })).toEqual({ shares: { b: share(2, 1), c: share(4, 1) } });
  const c = copy({ completions: 1 });
  expect(outcome(job({ parallelism: 3, completions: 7 }), { copies: { a, b, c }, leaving: ['a'] })).toEqual({
    shares: { b: share(2, 1), c: share(1, 1) },
    staying: ['a'],
  });
  expect(outcome(object, { leaving: NAMES }).problem).toBe('6 of 6 completions can be given to no cluster');
});

it('begins nothing once it is over, and stops what goes on where one cluster has failed', () => {
  const spec = { parallelism: 2, completions: 6 };
  const copies = { a: copy({ completions: 4 }, holds('Failed')), b: copy({ completions: 2 }) };
  const failed = job(spec, { status: holds('Failed') });
  expect(outcome(failed, { copies })).toEqual({ shares: { a: share(4, 1), b: { ...share(2, 1), isSuspended: true } } });
  expect(outcome(job(spec, { status: holds('Complete') }))).toEqual({ shares: {} });
});

it('does an indexed Job in one cluster, and stays there', () => {
  const object = job({ parallelism: 2, completions: 4, completionMode: 'Indexed' });
  const first = outcome(object);
  const [name = ''] = Object.keys(first.shares ?? {});
  expect(first).toMatchObject({ shares: { [name]: {} }, spared: NAMES.filter((other) => other !== name) });
  for (const holder of NAMES) {
    const copies = { [holder]: copy({ completions: 4, completionMode: 'Indexed' }) };
    expect(outcome(object, { copies, lost: [holder] }).shares).toEqual({ [holder]: {} });
    expect(Object.keys(outcome(object, { copies, leaving: [holder] }).shares ?? {})).not.toContain(holder);
    expect(outcome(object, { copies, leaving: NAMES })).toMatchObject({ shares: {}, staying: [holder] });
  }
});

it('lets workers of a queue be anywhere until one has found it empty', () => {
  const object = job({ parallelism: 3 });
  const even = { a: { replicas: 1 }, b: { replicas: 1 }, c: { replicas: 1 } };
  expect(outcome(object).shares).toEqual(even);
  const copies = { a: copy({ parallelism: 2 }), b: copy({ parallelism: 1 }) };
  expect(outcome(object, { copies })).toEqual({ shares: { a: { replicas: 2 }, b: { replicas: 1 } }, spared: ['c'] });
  const elsewhere = outcome(object, { copies, lost: ['a'] }).shares ?? {};
  expect(elsewhere).not.toHaveProperty('a');
  expect(Object.values(elsewhere).reduce((sum, { replicas = 0 }) => sum + replicas, 0)).toBe(3);
  const drained = { ...copies, b: copy({ parallelism: 1 }, holds('Complete', { succeeded: 1 })) };
  expect(outcome(object, { copies: drained, lost: ['a'] })).toMatchObject({
    shares: { a: { replicas: 2 }, b: { replicas: 1 } },
    done: { b: 1 },
  });
  expect(outcome(job({ parallelism: 0 }), { copies }).shares).toEqual({ a: { replicas: 0 }, b: { replicas: 0 } });
});

it('gives all of it to every cluster where a policy says so, once', () => {
  const object = job({ parallelism: 2, completions: 6 });
  const scheduling = { replicaSchedulingType: 'Duplicated' } as const;
  expect(outcome(object, { scheduling }).shares).toEqual({ a: {}, b: {}, c: {} });
  const copies = { a: copy({ completions: 2 }) };
  const record = { clusters: {}, done: { b: 6 } };
  expect(outcome(object, { scheduling, copies, record }).shares).toEqual({ a: { completions: 2 }, c: {} });
});

it('takes away what somebody has made again after it was done', () => {
  const copies = { a: copy({ completions: 4 }), b: copy({ completions: 2 }) };
  const record = { clusters: { b: 2 }, done: { a: 4 } };
  const result = outcome(job({ parallelism: 2, completions: 6 }), { copies, record });
  expect(result).toEqual({ shares: { b: share(2, 2) }, spared: ['a', 'c'], done: { a: 4 } });
});
