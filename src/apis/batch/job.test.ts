import { expect, it } from 'vitest';
import type { Job, JobSpec } from '../generated/wire-types.ts';
import { jobs } from './job.ts';

const template: JobSpec['template'] = {
  metadata: { labels: { app: 'a' } },
  spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] },
};
const job = (change: Partial<JobSpec> = {}): Job => {
  const object = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'a', namespace: 'x', uid: 'u' },
    spec: { template, ...change },
  };
  return jobs.strategy.defaults?.(object) ?? object;
};
const texts = (errors: readonly { field: string; message: string }[] = []) =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const indexed = { completionMode: 'Indexed', completions: 3 } as const;
const failing = (rule: NonNullable<JobSpec['podFailurePolicy']>['rules'][number]) => ({
  podFailurePolicy: { rules: [rule] },
});
const rule = 'spec.podFailurePolicy.rules[0]';

it('has the labels of its pods, and as many tries as its indexes have', () => {
  expect(job().metadata.labels).toEqual({ app: 'a' });
  expect(job().spec).toMatchObject({ backoffLimit: 6, podReplacementPolicy: 'TerminatingOrFailed' });
  expect(job({ ...indexed, backoffLimitPerIndex: 1 }).spec?.backoffLimit).toBe(2_147_483_647);
  expect(job(failing({ action: 'FailJob' })).spec?.podReplacementPolicy).toBe('Failed');
});

it.each<[string, Partial<JobSpec>, readonly string[]]>([
  ['all is well', { ...indexed, backoffLimitPerIndex: 1, maxFailedIndexes: 2 }, []],
  [
    'no completions',
    { completionMode: 'Indexed', parallelism: 2 },
    ['spec.completions: Required value: when completion mode is Indexed'],
  ],
  [
    'tries an index without indexes',
    { backoffLimitPerIndex: 1 },
    ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
  ],
  [
    'more failures than completions',
    { ...indexed, backoffLimitPerIndex: 1, maxFailedIndexes: 4 },
    ['spec.maxFailedIndexes: Invalid value: 4: must be less than or equal to completions'],
  ],
  [
    'an unknown replacement',
    { podReplacementPolicy: 'Soon' },
    ['spec.podReplacementPolicy: Unsupported value: "Soon": supported values: "Failed", "TerminatingOrFailed"'],
  ],
  [
    'a manager without a path',
    { managedBy: 'me' },
    ['spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")'],
  ],
  [
    'a rule of nothing',
    failing({ action: 'Ignore' }),
    [`${rule}: Invalid value: null: specifying one of OnExitCodes and OnPodConditions is required`],
  ],
  [
    'the exit code of success',
    failing({ action: 'FailJob', onExitCodes: { operator: 'In', values: [0] } }),
    [`${rule}.onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator`],
  ],
  [
    'exit codes of no container',
    failing({ action: 'FailJob', onExitCodes: { operator: 'In', values: [1], containerName: 'd' } }),
    [
      `${rule}.onExitCodes.containerName: Invalid value: "d": must be one of the container or initContainer names in the pod template`,
    ],
  ],
  [
    'success without indexes',
    { successPolicy: { rules: [{ succeededCount: 1 }] } },
    ['spec.successPolicy: Invalid value: {"rules":[{"succeededCount":1}]}: requires indexed completion mode'],
  ],
])('validates %s', (_name, change, expected) => {
  expect(texts(jobs.strategy.validate?.(job(change)))).toEqual(expected);
});

it('keeps what its pods were made of, and may move while it is suspended', () => {
  const update = (change: Partial<JobSpec>, before: Partial<JobSpec> = {}) =>
    texts(jobs.strategy.validateUpdate?.(job(change), job(before)));
  const moved = { ...template, spec: { ...template.spec, containers: [], nodeSelector: { zone: 'b' } } };
  const sameButThere = {
    ...template,
    spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never', nodeSelector: { zone: 'b' } },
  };
  expect(update({ parallelism: 3, suspend: true, completions: 1 }, { completions: 1 })).toEqual([]);
  expect(update({ managedBy: 'a.b/c' })).toEqual(['spec.managedBy: Invalid value: "a.b/c": field is immutable']);
  expect(update({ template: sameButThere }, { suspend: true })).toEqual([]);
  expect(update({ template: moved }, { suspend: true })[0]).toMatch(/^spec\.template: .*field is immutable$/);
  expect(update({ template: sameButThere })[0]).toMatch(/^spec\.template: .*field is immutable$/);
});
