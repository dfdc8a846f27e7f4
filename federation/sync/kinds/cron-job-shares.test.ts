import { expect, it } from 'vitest';
import type { CronJob, JobSpec } from '../../../src/apis/index.ts';
import type { Cluster } from '../../apis/index.ts';
import { planReplicas } from '../../scheduling/index.ts';
import type { ApportionInput } from '../apportionment.ts';
import { apportionCronJob, withTemplatePart } from './cron-job-shares.ts';

const PREFERENCES = 'federation.kubernetes.io/job-preferences';
const NAMES = ['a', 'b', 'c'];
const cron = (spec: Partial<JobSpec>, preferences?: string): CronJob => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: {
    name: 'tick',
    namespace: 'shop',
    ...(preferences === undefined ? {} : { annotations: { [PREFERENCES]: preferences } }),
  },
  spec: {
    schedule: '* * * * *',
    jobTemplate: { spec: { parallelism: 1, template: { spec: { containers: [] } }, ...spec } },
  },
});

interface World {
  readonly copies?: Readonly<Record<string, CronJob>>;
  readonly lost?: readonly string[];
  readonly scheduling?: ApportionInput<CronJob>['scheduling'];
}

function apportion(object: CronJob, { copies = {}, lost = [], ...world }: World = {}) {
  const cluster = (name: string): Cluster => ({
    apiVersion: 'federation/v1beta1',
    kind: 'Cluster',
    metadata: { name },
  });
  return apportionCronJob({
    object,
    clusters: new Map(NAMES.map((name) => [name, cluster(name)])),
    chosen: new Set(NAMES),
    open: NAMES.filter((name) => !lost.includes(name)),
    leaving: new Set(),
    lost: new Set(lost),
    fixed: new Map(),
    scheduling: 'scheduling' in world ? world.scheduling : { replicaSchedulingType: 'Divided' },
    copyIn: (name) => copies[name],
    isSeen: () => true,
    record: undefined,
    divide: (total, clusters, { preferences, current = new Map() }) =>
      planReplicas({ total, clusters, current, capacity: new Map(), preferences, key: 'shop/tick' }).replicas,
    mostIn: () => Infinity,
  });
}

function shares(object: CronJob, world?: World): unknown {
  const result = apportion(object, world);
  return result?.ok === true ? Object.fromEntries([...result.shares].sort()) : result;
}

it('is whole everywhere unless it is asked to be divided', () => {
  expect(apportion(cron({}), { scheduling: undefined })).toBeUndefined();
  expect(apportion(cron({}), { scheduling: { replicaSchedulingType: 'Duplicated' } })).toBeUndefined();
  expect(apportion(cron({}, '{'), { scheduling: undefined })).toMatchObject({ reason: 'InvalidPreferences' });
  const even = JSON.stringify({ clusters: { '*': { weight: 1 } } });
  expect(shares(cron({ parallelism: 3, completions: 6 }, even), { scheduling: undefined })).toEqual({
    a: { replicas: 1, completions: 2 },
    b: { replicas: 1, completions: 2 },
    c: { replicas: 1, completions: 2 },
  });
});

it('stays as it is divided, until a cluster is lost', () => {
  const object = cron({ parallelism: 3, completions: 6 });
  const copies = { a: cron({ parallelism: 2, completions: 4 }), c: cron({ parallelism: 1, completions: 2 }) };
  expect(shares(object, { copies })).toEqual({
    a: { replicas: 2, completions: 4 },
    c: { replicas: 1, completions: 2 },
  });
  expect(shares(object, { copies, lost: ['a'] })).toEqual({
    b: { replicas: 2, completions: 4 },
    c: { replicas: 1, completions: 2 },
  });
});

it('runs what has indexes, or one pod, in one cluster', () => {
  const copies = { b: cron({ completionMode: 'Indexed', completions: 4 }) };
  const indexed = cron({ completionMode: 'Indexed', completions: 4 });
  expect(shares(indexed, { copies })).toEqual({ b: {} });
  expect(Object.keys(shares(indexed) ?? {})).toHaveLength(1);
  expect(Object.values(shares(cron({ completions: 5 })) ?? {})).toEqual([{ replicas: 1, completions: 5 }]);
  expect(Object.values(shares(cron({ parallelism: 0 })) ?? {})).toEqual([{ replicas: 0 }]);
  expect(apportion(indexed, { lost: NAMES })).toMatchObject({
    problem: expect.stringContaining('no cluster') as unknown,
  });
});

it('writes into a copy what is its part', () => {
  const { spec } = withTemplatePart(cron({ parallelism: 3, completions: 6 }), { replicas: 1, completions: 2 });
  expect(spec.jobTemplate.spec).toMatchObject({ parallelism: 1, completions: 2 });
  const object = cron({});
  expect(withTemplatePart(object, {})).toBe(object);
});
