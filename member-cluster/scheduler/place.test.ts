import { expect, it } from 'vitest';
import { labelSelectorOf } from '../../src/apimachinery/index.ts';
import type { Node, Pod, PodSpec } from '../../src/apis/index.ts';
import { node, noStorage, pod } from '../../test/harness/scheduling.ts';
import { SchedulerCache } from './cache.ts';
import { defaultPlugins } from './default-plugins.ts';
import { Feasibility } from './feasibility.ts';
import { Nominations } from './nominations.ts';
import { place, type Placement } from './place.ts';
import { podInfoOf, type PodInfo } from './pod-info.ts';

const selector = labelSelectorOf({ matchLabels: { app: 'web' } });
const plugins = defaultPlugins(() => selector, noStorage);

function cacheOf(nodes: readonly Node[], pods: readonly Pod[] = []): SchedulerCache {
  const cache = new SchedulerCache();
  for (const each of nodes) cache.setNode(each);
  for (const each of pods) cache.setPod(each);
  return cache;
}

function placeOf(info: PodInfo, cache: SchedulerCache): Placement {
  const snapshot = cache.snapshot((name) => ({ 'kubernetes.io/metadata.name': name }));
  const feasibility = new Feasibility(info, snapshot, plugins.filters, () => []);
  return place(feasibility, snapshot, plugins.scores, { random: () => 0 });
}

function choose(subject: Pod, nodes: readonly Node[], pods: readonly Pod[] = []): string {
  const placement = placeOf(podInfoOf(subject), cacheOf(nodes, pods));
  return placement.type === 'placed' ? placement.node.name : placement.message;
}

const gpu = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };

it.each<[string, Pod, readonly Node[], readonly Pod[], string]>([
  ['no nodes', pod('p'), [], [], 'no nodes available to schedule pods'],
  ['too little CPU', pod('p', { cpu: '5' }), [node('a')], [], '0/1 nodes are available: 1 Insufficient cpu.'],
  [
    'pods that use it up',
    pod('p', { cpu: '2' }),
    [node('a')],
    [pod('x', { cpu: '3', node: 'a' })],
    '0/1 nodes are available: 1 Insufficient cpu.',
  ],
  [
    'too many pods',
    pod('p'),
    [node('a', { pods: '1' })],
    [pod('x', { node: 'a' })],
    '0/1 nodes are available: 1 Too many pods.',
  ],
  [
    'taints and cordons',
    pod('p'),
    [
      node('a', { spec: { taints: [gpu] } }),
      node('b', { spec: { unschedulable: true } }),
      node('c', { cpu: '4', spec: { taints: [gpu] } }),
    ],
    [],
    '0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) had untolerated taint {gpu: yes}.',
  ],
  [
    'a selector',
    pod('p', { spec: { nodeSelector: { disk: 'ssd' } } }),
    [node('a')],
    [],
    "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
  ],
  [
    'a host port',
    pod('p', { hostPort: 80 }),
    [node('a')],
    [pod('x', { hostPort: 80, node: 'a' })],
    "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
  ],
])('says why there is no node: %s', (_name, subject, nodes, pods, expected) => {
  expect(choose(subject, nodes, pods)).toBe(expected);
});

it.each<[string, Pod, readonly Node[], readonly Pod[], string]>([
  [
    'the one that is tolerated',
    pod('p', { spec: { tolerations: [{ key: 'gpu', operator: 'Exists' }], nodeSelector: { kind: 'gpu' } } }),
    [node('a'), node('b', { labels: { kind: 'gpu' }, spec: { taints: [gpu] } })],
    [],
    'b',
  ],
  [
    'the emptiest',
    pod('p', { cpu: '1', labels: { app: 'other' } }),
    [node('a'), node('b')],
    [pod('x', { cpu: '2', node: 'a', labels: { app: 'x' } })],
    'b',
  ],
  ['one without siblings', pod('p'), [node('a'), node('b')], [pod('x', { node: 'a' })], 'b'],
  [
    'the zone with fewer siblings',
    pod('p'),
    [node('a', { zone: 'z1' }), node('b', { zone: 'z1' }), node('c', { zone: 'z2' })],
    [pod('x', { node: 'a' }), pod('y', { node: 'b' })],
    'c',
  ],
  [
    'the preferred one',
    pod('p', {
      spec: {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 10, preference: { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] } },
            ],
          },
        },
      },
    }),
    [node('a'), node('b', { labels: { disk: 'ssd' } })],
    [],
    'b',
  ],
])('chooses %s', (_name, subject, nodes, pods, expected) => {
  expect(choose(subject, nodes, pods)).toBe(expected);
});

const spread = (maxSkew: number): Partial<PodSpec> => ({
  topologySpreadConstraints: [
    {
      maxSkew,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'web' } },
    },
  ],
});

it('keeps to the greatest skew that a constraint allows', () => {
  const nodes = [node('a', { zone: 'z1' }), node('b', { zone: 'z2', cpu: '0' }), node('c')];
  const there = [pod('x', { node: 'a' })];
  const request = { cpu: '1' };
  expect(choose(pod('p', { ...request, spec: spread(2) }), nodes, there)).toBe('a');
  expect(choose(pod('p', { ...request, spec: spread(1) }), nodes, there)).toBe(
    "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match pod topology spread constraints, 1 node(s) didn't match pod topology spread constraints (missing required label).",
  );
});

const rule = (app: string) => [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } }];
const near = (app: string): Partial<PodSpec> => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: rule(app) } },
});
const apart = (app: string): Partial<PodSpec> => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: rule(app) } },
});

it('holds required rules between pods, those of pods already there included', () => {
  const nodes = [node('a'), node('b')];
  const db = pod('db', { node: 'b', labels: { app: 'db' } });
  expect(choose(pod('p', { spec: near('db') }), nodes, [db])).toBe('b');
  expect(choose(pod('p', { spec: apart('db') }), nodes, [db])).toBe('a');
  expect(choose(pod('p', { spec: near('nobody') }), nodes, [db])).toBe(
    "0/2 nodes are available: 2 node(s) didn't match pod affinity rules.",
  );
  expect(choose(pod('p', { spec: near('web') }), nodes, [db])).not.toContain('nodes');
  const guard = pod('guard', { node: 'a', labels: { app: 'guard' }, spec: apart('web') });
  expect(choose(pod('p'), nodes, [guard])).toBe('b');
});

it.each<[string, 'podAffinity' | 'podAntiAffinity', string]>([
  ['near', 'podAffinity', 'b'],
  ['apart from', 'podAntiAffinity', 'a'],
])('does as pods wish that are there: %s them', (_, which, expected) => {
  const [podAffinityTerm] = rule('guest');
  const preferredDuringSchedulingIgnoredDuringExecution = podAffinityTerm ? [{ weight: 50, podAffinityTerm }] : [];
  const affinity = { [which]: { preferredDuringSchedulingIgnoredDuringExecution } };
  const host = pod('host', { node: 'b', labels: { app: 'host' }, spec: { affinity } });
  expect(choose(pod('p', { labels: { app: 'guest' } }), [node('a'), node('b')], [host])).toBe(expected);
});

it('gives no room away twice while a binding is on its way', () => {
  const cache = cacheOf([node('a', { cpu: '2' })]);
  const first = podInfoOf(pod('first', { cpu: '2' }));
  const second = podInfoOf(pod('second', { cpu: '2' }));
  const attempt = () => placeOf(second, cache).type;
  cache.assume(first, 'a');
  expect(attempt()).toBe('unschedulable');
  cache.setPod(first.pod);
  expect(attempt()).toBe('unschedulable');
  cache.forget(first.key);
  expect(attempt()).toBe('placed');
  cache.setPod(pod('first', { cpu: '2', node: 'a' }));
  expect(attempt()).toBe('unschedulable');
  cache.setPod({ ...pod('first', { cpu: '2', node: 'a' }), status: { phase: 'Succeeded' } });
  expect(attempt()).toBe('placed');
});

it('leaves room that is being made to who it is made for, and to the important', () => {
  const cache = cacheOf([node('a', { cpu: '2' }), node('b', { cpu: '2' })], [pod('there', { cpu: '2', node: 'b' })]);
  const snapshot = cache.snapshot(() => ({}));
  const nominations = new Nominations();
  const waiting = podInfoOf(pod('waiting', { cpu: '2', priority: 5 }));
  nominations.set(waiting, 'a');
  const attempt = (info: PodInfo) => {
    const feasibility = new Feasibility(info, snapshot, plugins.filters, (nodeName) => nominations.on(nodeName));
    const nominated = nominations.nodeOf(info.key);
    const placement = place(feasibility, snapshot, plugins.scores, { nominated, random: () => 0 });
    return placement.type === 'placed' ? placement.node.name : placement.message;
  };
  const refused = '0/2 nodes are available: 2 Insufficient cpu.';
  expect(attempt(podInfoOf(pod('lesser', { cpu: '1', priority: 4 })))).toBe(refused);
  expect(attempt(podInfoOf(pod('equal', { cpu: '1', priority: 5 })))).toBe(refused);
  expect(attempt(podInfoOf(pod('urgent', { cpu: '1', priority: 6 })))).toBe('a');
  expect(attempt(waiting)).toBe('a');
  nominations.remove(waiting.key);
  expect(attempt(podInfoOf(pod('lesser', { cpu: '1', priority: 4 })))).toBe('a');
});

it('counts what a pod needs: containers together, init containers one by one, sidecars with both', () => {
  const container = (name: string, cpu: string, restartPolicy?: string) => ({
    name,
    resources: { requests: { cpu } },
    ...(restartPolicy === undefined ? {} : { restartPolicy }),
  });
  const { requests } = podInfoOf(
    pod('p', {
      spec: {
        containers: [container('a', '100m'), container('b', '200m')],
        initContainers: [container('side', '50m', 'Always'), container('init', '400m')],
        overhead: { cpu: '10m' },
      },
    }),
  );
  expect(requests.get('cpu')).toBe(460);
});
