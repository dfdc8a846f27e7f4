import { expect, it } from 'vitest';
import type { Cluster, ClusterTaint, Placement } from '../apis/index.ts';
import { chooseClusters, type Candidate, type ChoiceRequest } from './choose-clusters.ts';

const now = Date.UTC(2026, 0, 2);

interface Facts {
  readonly labels?: Record<string, string>;
  readonly taints?: readonly ClusterTaint[];
  readonly cordoned?: boolean;
  readonly region?: string;
  readonly zones?: readonly string[];
  readonly version?: string;
  readonly holds?: boolean | 'unknown';
  readonly isLost?: boolean;
}

function candidate(name: string, facts: Facts = {}): Candidate {
  const {
    labels = {},
    taints = [],
    cordoned = false,
    region = 'r',
    zones = [`${name}-z`],
    version = 'v1.32.1',
  } = facts;
  const cluster: Cluster = {
    apiVersion: 'federation/v1beta1',
    kind: 'Cluster',
    metadata: { name, labels },
    spec: { taints, unschedulable: cordoned },
    status: { region, zones, version },
  };
  const holds = facts.holds === 'unknown' ? undefined : (facts.holds ?? false);
  return { cluster, holds, isLost: facts.isLost ?? false };
}

function choose(placement: Placement, clusters: Record<string, Facts>, options: Partial<ChoiceRequest> = {}) {
  const candidates = Object.entries(clusters).map(([name, facts]) => candidate(name, facts));
  const request = { placement, candidates, overflows: false, ignoresTaints: false, key: 'shop/web', now, ...options };
  const { groups, frozen, undecided, excluded, ...rest } = chooseClusters(request);
  return {
    groups: groups.map((group) => [...group.clusters].sort()),
    frozen: [...frozen],
    undecided: Object.fromEntries(undecided),
    excluded: Object.fromEntries(excluded),
    ...rest,
  };
}

const everywhere = { frozen: [], undecided: {}, excluded: {} };
const four = { a: { region: 'eu' }, b: { region: 'eu' }, c: { region: 'us' }, d: { region: 'asia' } };

it('chooses all when nothing is asked for', () => {
  expect(choose({}, { a: {}, b: {} })).toEqual({ groups: [['a', 'b']], ...everywhere });
  expect(choose({}, {})).toEqual({ groups: [], ...everywhere });
});

it.each<[string, Placement['clusterAffinity'], readonly string[]]>([
  ['names', { clusterNames: ['a', 'z'] }, ['a']],
  ['exclusion', { clusterNames: ['a', 'b'], exclude: ['a'] }, ['b']],
  ['labels', { labelSelector: { matchLabels: { tier: 'web' } } }, ['a', 'b']],
  [
    'a region',
    { fieldSelector: { matchExpressions: [{ key: 'region', operator: 'In', values: ['eu'] }] } },
    ['a', 'b'],
  ],
  ['no region', { fieldSelector: { matchExpressions: [{ key: 'region', operator: 'NotIn', values: ['eu'] }] } }, ['c']],
  [
    'one of its zones',
    { fieldSelector: { matchExpressions: [{ key: 'zone', operator: 'In', values: ['c2'] }] } },
    ['c'],
  ],
  [
    'a newer version',
    { fieldSelector: { matchExpressions: [{ key: 'version', operator: 'Gt', values: ['1.31'] }] } },
    ['a', 'c'],
  ],
  [
    'an older version',
    { fieldSelector: { matchExpressions: [{ key: 'version', operator: 'Lt', values: ['1.31.2'] }] } },
    ['b'],
  ],
])('chooses by %s', (_name, clusterAffinity = {}, expected) => {
  const clusters = {
    a: { region: 'eu', labels: { tier: 'web' }, version: 'v1.32.0' },
    b: { region: 'eu', labels: { tier: 'web' }, version: 'v1.31.1-gke.7' },
    c: { region: 'us', zones: ['c1', 'c2'], version: 'v1.32.4+k3s1' },
  };
  expect(choose({ clusterAffinity }, clusters).groups).toEqual([expected]);
});

it('says why a cluster is not chosen', () => {
  const { excluded, problem } = choose({ clusterAffinity: { clusterNames: ['b'] } }, { a: {} });
  expect(excluded).toEqual({ a: 'is not among the clusters named' });
  expect(problem).toBe('no cluster is eligible');
});

const taint = (effect: ClusterTaint['effect'], timeAdded?: string): ClusterTaint => ({
  key: 'gpu',
  value: 'yes',
  effect,
  ...(timeAdded === undefined ? {} : { timeAdded }),
});

it.each<[string, Facts, Partial<ReturnType<typeof choose>>]>([
  ['cordoned', { cordoned: true }, { excluded: { a: 'is cordoned: nothing new goes there' } }],
  ['cordoned, and in use', { cordoned: true, holds: true }, { groups: [['a', 'b']], frozen: ['a'] }],
  [
    'cordoned, and out of sight',
    { cordoned: true, holds: 'unknown' },
    { undecided: { a: 'is cordoned: nothing new goes there' } },
  ],
  [
    'tainted',
    { taints: [taint('NoSchedule')] },
    { excluded: { a: 'has the taint gpu=yes:NoSchedule, which is not tolerated' } },
  ],
  ['tainted, and in use', { taints: [taint('NoSchedule')], holds: true }, { groups: [['a', 'b']], frozen: ['a'] }],
  [
    'drained',
    { taints: [taint('NoExecute')], holds: true },
    { excluded: { a: 'has the taint gpu=yes:NoExecute, which is not tolerated' } },
  ],
  ['unwilling', { taints: [taint('PreferNoSchedule')] }, { groups: [['a', 'b']] }],
])('takes a cluster for what it is: %s', (_name, facts, expected) => {
  expect(choose({}, { a: facts, b: {} })).toEqual({ groups: [['b']], ...everywhere, ...expected });
});

it('goes where taints are tolerated, for as long as they are', () => {
  const tolerations = (tolerationSeconds?: number) => [
    { key: 'gpu', operator: 'Exists', ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }) },
  ];
  const added = new Date(now - 10_000).toISOString();
  const drained = { a: { taints: [taint('NoExecute', added)], holds: true } };
  expect(choose({ clusterTolerations: tolerations() }, drained).groups).toEqual([['a']]);
  expect(choose({ clusterTolerations: tolerations(60) }, drained)).toMatchObject({
    groups: [['a']],
    reviewAfterMs: 50_000,
  });
  expect(choose({ clusterTolerations: tolerations(5) }, drained).groups).toEqual([]);
  expect(choose({}, drained, { ignoresTaints: true }).groups).toEqual([['a']]);
});

it('spreads over regions before it takes a second cluster of any', () => {
  const spread = (maxGroups: number, minGroups = 1) =>
    choose({ spreadConstraints: [{ spreadByField: 'cluster', maxGroups, minGroups }] }, four);
  const [three = []] = spread(3).groups;
  expect(three).toEqual(expect.arrayContaining(['c', 'd']));
  expect(three).toHaveLength(3);
  expect(Object.values(spread(3).excluded)).toEqual(['is not needed: 3 clusters are asked for at most']);
});

it('takes no more regions than asked for, and none when there are too few', () => {
  const [two = []] = choose(
    { spreadConstraints: [{ spreadByField: 'region', maxGroups: 1 }] },
    { ...four, a: { region: 'eu', holds: true } },
  ).groups;
  expect(two).toEqual(['a', 'b']);
  const outcome = choose({ spreadConstraints: [{ spreadByField: 'region', minGroups: 4 }] }, four);
  expect(outcome).toMatchObject({ groups: [], problem: 'spread over 4 regions is asked for, 3 can be had' });
  expect(Object.keys(outcome.undecided).sort()).toEqual(['a', 'b', 'c', 'd']);
});

it('stays where it is, and keeps off clusters that had rather not', () => {
  const one: Placement = { spreadConstraints: [{ spreadByField: 'cluster', maxGroups: 1 }] };
  for (const name of Object.keys(four)) {
    expect(choose(one, { ...four, [name]: { holds: true } }).groups).toEqual([[name]]);
  }
  const unwilling = { taints: [taint('PreferNoSchedule')] };
  expect(choose(one, { a: unwilling, b: unwilling, c: {} }).groups).toEqual([['c']]);
});

const groups: Placement = {
  clusterAffinities: [
    { affinityName: 'own', clusterNames: ['a', 'b'] },
    { affinityName: 'cloud', clusterNames: ['b', 'c'] },
  ],
};

it('has one group serve, and the next when nothing of it can be seen', () => {
  const all = { a: {}, b: {}, c: {}, d: {} };
  expect(choose(groups, all)).toMatchObject({
    groups: [['a', 'b']],
    excluded: { c: 'is not needed: group own serves', d: 'is in none of the groups' },
  });
  const dark = { ...all, a: { isLost: true, holds: true }, b: { isLost: true, holds: true } };
  expect(choose(groups, dark)).toMatchObject({
    groups: [['c']],
    undecided: { a: 'is out of sight: the next group serves' },
  });
  expect(choose(groups, { ...all, a: { cordoned: true }, b: { cordoned: true } }).groups).toEqual([['c']]);
});

it('has all groups in their order where one overflows into the next', () => {
  expect(choose(groups, { a: {}, b: {}, c: {} }, { overflows: true }).groups).toEqual([['a', 'b'], ['c']]);
});
