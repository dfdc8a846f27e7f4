import { expect, it } from 'vitest';
import type { OverridePolicy, Overriders } from './override-policy.ts';
import type { Placement, PlacementPolicy } from './placement-policy.ts';
import { clusterPlacementPolicies, overridePolicies, placementPolicies } from './policy-definitions.ts';

const deployments = { apiVersion: 'apps/v1', kind: 'Deployment' };
const policy = (placement: Placement, resourceSelectors: readonly object[] = [deployments]): PlacementPolicy => ({
  apiVersion: 'policy.koinon.dev/v1alpha1',
  kind: 'PlacementPolicy',
  metadata: { name: 'web', namespace: 'shop' },
  // @NOTE what a client sends has these fields with these types, and perhaps nothing in them.
  spec: {
    resourceSelectors: resourceSelectors as NonNullable<PlacementPolicy['spec']>['resourceSelectors'],
    placement,
  },
});
const problems = (object: PlacementPolicy) =>
  placementPolicies.strategy.validate?.(object).map(({ field, message }) => `${field}: ${message}`);

it.each<[string, Placement, RegExp]>([
  [
    'both affinities',
    { clusterAffinity: {}, clusterAffinities: [{ affinityName: 'a' }] },
    /clusterAffinities: Forbidden/,
  ],
  [
    'a bad name',
    { clusterAffinity: { clusterNames: ['a.b'] } },
    /clusterAffinity\.clusterNames\[0\]: Invalid value: "a\.b"/,
  ],
  [
    'a bad operator',
    { clusterAffinity: { labelSelector: { matchExpressions: [{ key: 'a', operator: 'Like' }] } } },
    /labelSelector\.matchExpressions\[0\]\.operator/,
  ],
  [
    'an unknown field',
    { clusterAffinity: { fieldSelector: { matchExpressions: [{ key: 'colour', operator: 'Exists' }] } } },
    /key: Unsupported value: "colour"/,
  ],
  [
    'an order of regions',
    { clusterAffinity: { fieldSelector: { matchExpressions: [{ key: 'region', operator: 'Gt', values: ['a'] }] } } },
    /operator: Unsupported value: "Gt"/,
  ],
  [
    'no version',
    { clusterAffinity: { fieldSelector: { matchExpressions: [{ key: 'version', operator: 'Gt', values: ['new'] }] } } },
    /must be one version/,
  ],
  [
    'groups of one name',
    { clusterAffinities: [{ affinityName: 'a' }, { affinityName: 'a' }] },
    /clusterAffinities\[1\]\.affinityName: Duplicate value/,
  ],
  ['a bad toleration', { clusterTolerations: [{ operator: 'Equal' }] }, /clusterTolerations\[0\]\.operator/],
  [
    'less than the least',
    { spreadConstraints: [{ spreadByField: 'zone', minGroups: 3, maxGroups: 2 }] },
    /maxGroups: Invalid value: 2/,
  ],
  [
    'too few clusters for the regions',
    {
      spreadConstraints: [
        { spreadByField: 'cluster', maxGroups: 1 },
        { spreadByField: 'region', minGroups: 2 },
      ],
    },
    /in so many regions/,
  ],
  [
    'weights and room',
    {
      replicaScheduling: {
        weightPreference: { dynamicWeight: 'AvailableReplicas', staticWeightList: [{ weight: 1 }] },
      },
    },
    /dynamicWeight: Forbidden/,
  ],
  [
    'weights of duplicates',
    { replicaScheduling: { replicaSchedulingType: 'Duplicated', weightPreference: {} } },
    /nothing to divide/,
  ],
  [
    'a negative weight',
    { replicaScheduling: { weightPreference: { staticWeightList: [{ weight: -1 }] } } },
    /weight: Invalid value: -1/,
  ],
  [
    'max below min',
    { replicaScheduling: { weightPreference: { staticWeightList: [{ weight: 1, minReplicas: 2, maxReplicas: 1 }] } } },
    /maxReplicas: Invalid value: 1/,
  ],
  [
    'moving more than all',
    { replicaScheduling: { rebalance: { maxMoving: '101%' } } },
    /maxMoving: Invalid value: "101%"/,
  ],
])('refuses %s', (_name, placement, problem) => {
  expect(problems(policy(placement))).toEqual([expect.stringMatching(problem)]);
});

it.each([
  ['none', [], /spec\.resourceSelectors: Required value/],
  ['no kind', [{ apiVersion: 'v1', kind: '' }], /\[0\]\.kind: Required value/],
  ['another namespace', [{ ...deployments, namespace: 'other' }], /\[0\]\.namespace: Invalid value: "other"/],
  ['name and labels', [{ ...deployments, name: 'a', labelSelector: {} }], /\[0\]\.labelSelector: Forbidden/],
])('refuses selectors with %s', (_name, selectors, problem) => {
  expect(problems(policy({}, selectors))).toEqual([expect.stringMatching(problem)]);
});

it('lets policies of the whole federation name namespaces', () => {
  const everywhere = { ...policy({}, [{ ...deployments, namespace: 'other' }]), metadata: { name: 'web' } };
  expect(clusterPlacementPolicies.strategy.validate?.(everywhere)).toEqual([]);
});

it('warns of what it can do nothing with', () => {
  const told = (kind: string) =>
    placementPolicies.strategy.warnings?.(policy({ replicaScheduling: {} }, [{ ...deployments, kind }]));
  expect(told('Deployment')).toEqual([]);
  expect(told('DaemonSet')).toEqual([expect.stringContaining('has no meaning for a DaemonSet')]);
});

it('fills in what is meant when nothing is said', () => {
  const filled = (placement: Placement) => placementPolicies.strategy.defaults?.(policy(placement)).spec?.placement;
  expect(filled({ spreadConstraints: [{ spreadByField: 'region' }], replicaScheduling: {} })).toEqual({
    spreadConstraints: [{ spreadByField: 'region', minGroups: 1 }],
    replicaScheduling: { replicaSchedulingType: 'Divided', rebalance: { maxMoving: '25%' } },
  });
  expect(filled({ replicaScheduling: { weightPreference: { dynamicWeight: 'AvailableReplicas' } } })).toMatchObject({
    replicaScheduling: { rebalance: { maxMoving: 0 } },
  });
  expect(filled({ replicaScheduling: { replicaSchedulingType: 'Duplicated' } })).toEqual({
    replicaScheduling: { replicaSchedulingType: 'Duplicated' },
  });
});

it.each<[string, Overriders, RegExp]>([
  ['nothing', {}, /overriders: Required value/],
  [
    'the name',
    { plaintext: [{ path: '/metadata/name', operator: 'replace', value: 'x' }] },
    /is the same in every cluster/,
  ],
  [
    'all metadata',
    { plaintext: [{ path: '/metadata', operator: 'replace', value: {} }] },
    /is the same in every cluster/,
  ],
  [
    'the status',
    { plaintext: [{ path: '/status/replicas', operator: 'replace', value: 1 }] },
    /is the same in every cluster/,
  ],
  ['no pointer', { plaintext: [{ path: 'spec', operator: 'remove' }] }, /must be a JSON pointer/],
  ['no value', { plaintext: [{ path: '/spec/paused', operator: 'add' }] }, /value: Required value/],
  ['no repository', { imageOverrider: [{ component: 'Repository', operator: 'remove' }] }, /without a repository/],
  [
    'an unknown component',
    { imageOverrider: [{ component: 'Digest' as 'Tag', operator: 'add', value: 'x' }] },
    /component: Unsupported value/,
  ],
  [
    'no container',
    { argsOverrider: [{ containerName: '', operator: 'add', value: ['-v'] }] },
    /containerName: Required value/,
  ],
  [
    'no variable',
    { envOverrider: [{ containerName: 'c', operator: 'add', value: [{ name: '' }] }] },
    /value\[0\]\.name: Required/,
  ],
  ['no labels', { labelsOverrider: [{ operator: 'add' }] }, /labelsOverrider\[0\]\.value: Required value/],
  ['negative replicas', { replicas: -1 }, /replicas: Invalid value: -1/],
])('refuses overriders of %s', (_name, overriders, problem) => {
  const object: OverridePolicy = {
    apiVersion: 'policy.koinon.dev/v1alpha1',
    kind: 'OverridePolicy',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { resourceSelectors: [deployments], overrideRules: [{ overriders }] },
  };
  const found = overridePolicies.strategy.validate?.(object).map(({ field, message }) => `${field}: ${message}`);
  expect(found).toEqual([expect.stringMatching(problem)]);
});

it('takes labels and annotations for the cluster’s own', () => {
  const plaintext = ['/metadata/labels/tier', '/metadata/annotations', '/spec/template'].map((path) => ({
    path,
    operator: 'remove' as const,
  }));
  const object: OverridePolicy = {
    apiVersion: 'policy.koinon.dev/v1alpha1',
    kind: 'OverridePolicy',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { resourceSelectors: [deployments], overrideRules: [{ overriders: { plaintext } }] },
  };
  expect(overridePolicies.strategy.validate?.(object)).toEqual([]);
});
