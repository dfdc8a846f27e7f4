import { expect, it } from 'vitest';
import type { KubeObject } from '../../src/apimachinery/index.ts';
import { lostOverride } from './placing-lost-overrides.ts';
import type { ObjectChange } from './share.ts';

const object = (kind: string, spec: object): KubeObject & { readonly spec: object } => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'a' },
  spec,
});
// @NOTE only asked for the object of the test.
const to = (changed: KubeObject): ObjectChange => ({
  mark: '',
  apply: <T extends KubeObject>(_original: T) => changed as T,
});

it.each<[string, object, object, string | undefined]>([
  ['Job', { parallelism: 1 }, { parallelism: 2 }, 'spec.parallelism'],
  ['Job', { parallelism: 1 }, { parallelism: 1, suspend: true }, undefined],
  [
    'CronJob',
    { jobTemplate: { spec: {} } },
    { jobTemplate: { spec: { completions: 2 } } },
    'spec.jobTemplate.spec.completions',
  ],
  ['StatefulSet', {}, { ordinals: { start: 7 } }, 'spec.ordinals'],
  ['Deployment', { replicas: 1 }, { replicas: 2 }, undefined],
])('names what an override of a divided %s could not change', (kind, before, after, expected) => {
  const change = to(object(kind, after));
  expect(lostOverride(object(kind, before), { replicas: 1, change })).toBe(expected);
  expect(lostOverride(object(kind, before), { change })).toBeUndefined();
});
