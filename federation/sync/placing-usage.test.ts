import { expect, it } from 'vitest';
import type { Deployment } from '../../src/apis/index.ts';
import type { Cluster, PlacementPolicy, ReplicaScheduling } from '../apis/index.ts';
import { heedsUsage, isUsedOtherwise } from './placing-usage.ts';

const cluster = (status: Partial<NonNullable<Cluster['status']>>): Cluster => ({
  apiVersion: 'federation/v1beta1',
  kind: 'Cluster',
  metadata: { name: 'a' },
  status: { conditions: [], ...status },
});
const policy = (replicaScheduling?: ReplicaScheduling): PlacementPolicy => ({
  apiVersion: 'policy.koinon.dev/v1alpha1',
  kind: 'PlacementPolicy',
  metadata: { name: 'web' },
  spec: { resourceSelectors: [], placement: replicaScheduling === undefined ? {} : { replicaScheduling } },
});
const web = (ready: number): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 3, selector: {}, template: {} },
  status: { readyReplicas: ready },
});

it('sees what a cluster has room for', () => {
  const before = cluster({ allocatable: { cpu: '4' }, requested: { cpu: '1' }, region: 'a' });
  expect(isUsedOtherwise(before, cluster({ allocatable: { cpu: '4' }, requested: { cpu: '2' }, region: 'a' }))).toBe(
    true,
  );
  expect(isUsedOtherwise(before, cluster({ allocatable: { cpu: '4' }, requested: { cpu: '1' }, region: 'b' }))).toBe(
    false,
  );
});

it.each<[string, PlacementPolicy | undefined, number, boolean]>([
  ['nobody divides it', policy(), 0, false],
  ['it is divided by room', policy({ weightPreference: { dynamicWeight: 'AvailableReplicas' } }), 3, true],
  ['it is divided by weights, and all of it is ready', policy({}), 3, false],
  ['it is divided by weights, and some of it waits', policy({}), 2, true],
  ['every cluster has all of it', policy({ replicaSchedulingType: 'Duplicated' }), 0, false],
])('heeds usage where it matters: %s', (_case, governing, ready, expected) => {
  expect(heedsUsage(web(ready), governing)).toBe(expected);
});
