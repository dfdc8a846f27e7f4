import { expect, it } from 'vitest';
import type { ReplicaSet } from '../../../src/apis/index.ts';
import { currentAnnotations, REVISION, revisionOf } from './annotations.ts';

const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } };
const limits = { replicas: 1, maxSurge: 1, maxUnavailable: 0 };

function replicaSetOf(revision: string): ReplicaSet {
  const annotations = { [REVISION]: revision };
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web-1', annotations } };
}

it.each([
  ['', '1'],
  ['4', '5'],
  ['3546343826724305832', '3546343826724305833'],
  ['no number', '1'],
])('counts on from revision %j', (newest, next) => {
  const annotations = currentAnnotations(deployment, limits, {}, revisionOf(replicaSetOf(newest)));
  expect(annotations[REVISION]).toBe(next);
});

it('remembers the revision that a template had before it is the present one again', () => {
  const annotations = currentAnnotations(deployment, limits, { [REVISION]: '2' }, 7n);
  expect(annotations).toMatchObject({ [REVISION]: '8', 'deployment.kubernetes.io/revision-history': '2' });
});
