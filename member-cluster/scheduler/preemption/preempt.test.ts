import { describe, expect, it } from 'vitest';
import type { Node, Pod, PodDisruptionBudget } from '../../../src/apis/index.ts';
import { node, noStorage, pod } from '../../../test/harness/scheduling.ts';
import { SchedulerCache } from '../cache.ts';
import { defaultPlugins } from '../default-plugins.ts';
import { Feasibility } from '../feasibility.ts';
import { place } from '../place.ts';
import { podInfoOf } from '../pod-info.ts';
import { preempt } from './preempt.ts';

const plugins = defaultPlugins(() => undefined, noStorage);

interface Given {
  readonly nodes: readonly Node[];
  readonly pods?: readonly Pod[];
  readonly budgets?: readonly PodDisruptionBudget[];
  readonly nominated?: string;
}

/** Where room is made and who has to go, or why none is made. */
function outcome(subject: Pod, { nodes, pods = [], budgets = [], nominated }: Given): string {
  const cache = new SchedulerCache();
  for (const each of nodes) cache.setNode(each);
  for (const each of pods) cache.setPod(each);
  const snapshot = cache.snapshot(() => ({}));
  const feasibility = new Feasibility(podInfoOf(subject), snapshot, plugins.filters, () => []);
  const random = () => 0;
  const placement = place(feasibility, snapshot, plugins.scores, { random });
  if (placement.type === 'placed') return `placed on ${placement.node.name}`;
  const result = preempt(feasibility, { refusals: placement.refusals, budgets, nominated, random });
  if (result.type === 'none') return result.message;
  return `${result.node.name}: ${result.victims.map(({ pod: { metadata } }) => metadata.name).join(' ')}`;
}

const urgent = (cpu: string, spec: object = {}) => pod('urgent', { cpu, priority: 100, labels: {}, spec });

const budget = (app: string, disruptionsAllowed: number, status: object = {}): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: app, namespace: 'default' },
  spec: { selector: { matchLabels: { app } } },
  status: { disruptionsAllowed, ...status },
});

describe('of one node', () => {
  const on = (name: string, cpu: string, priority: number, more: object = {}) =>
    pod(name, { node: 'a', cpu, priority, ...more });

  it.each<[string, Pod, readonly Pod[], string]>([
    ['the less important goes', urgent('2'), [on('low', '2', 1), on('mid', '2', 2)], 'a: low'],
    ['no more go than must', urgent('1'), [on('x', '1', 1), on('y', '1', 1), on('z', '2', 3)], 'a: y'],
    [
      'who runs for longer is spared',
      urgent('2'),
      [on('new', '2', 1, { hour: 9 }), on('old', '2', 1, { hour: 3 })],
      'a: new',
    ],
    ['the most important is told first', urgent('4'), [on('low', '2', 1), on('mid', '2', 2)], 'a: mid low'],
    [
      'nobody as important goes',
      urgent('2'),
      [on('same', '4', 100)],
      'preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    ],
    [
      'nobody goes in vain',
      urgent('3'),
      [on('same', '2', 100), on('low', '2', 1)],
      'preemption: 0/1 nodes are available: 1 Insufficient cpu.',
    ],
    [
      'nor for what no node could give',
      urgent('9'),
      [on('low', '2', 1)],
      'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    ],
    [
      'nor for who does not want it',
      urgent('4', { preemptionPolicy: 'Never' }),
      [on('low', '2', 1)],
      'preemption: not eligible due to preemptionPolicy=Never.',
    ],
    [
      'a host port is room as well',
      pod('urgent', { hostPort: 80, priority: 100 }),
      [on('low', '1', 1, { hostPort: 80 }), on('lower', '1', 0)],
      'a: low',
    ],
  ])('%s', (_, subject, pods, expected) => {
    expect(outcome(subject, { nodes: [node('a')], pods })).toBe(expected);
  });

  it('spares whom a budget protects, as long as others are enough', () => {
    const pods = [on('held', '2', 1, { labels: { app: 'held' } }), on('free', '2', 5, { labels: { app: 'free' } })];
    const given = { nodes: [node('a')], pods };
    expect(outcome(urgent('2'), { ...given, budgets: [budget('held', 0)] })).toBe('a: free');
    expect(outcome(urgent('2'), { ...given, budgets: [budget('held', 1)] })).toBe('a: held');
    expect(outcome(urgent('4'), { ...given, budgets: [budget('held', 0)] })).toBe('a: free held');
    const leave = { disruptedPods: { held: '2026-01-01T00:00:00Z' } };
    expect(outcome(urgent('2'), { ...given, budgets: [budget('held', 0, leave)] })).toBe('a: held');
  });

  it('waits for room that is being made', () => {
    const pods = [on('going', '2', 1, { isGoing: true }), on('staying', '2', 1)];
    const given = { nodes: [node('a')], pods };
    expect(outcome(urgent('2'), { ...given, nominated: 'a' })).toBe(
      'preemption: not eligible due to a terminating pod on the nominated node.',
    );
    expect(outcome(urgent('2'), { ...given, nominated: 'gone' })).toMatch(/^a: /);
  });
});

describe('of several nodes', () => {
  const nodes = ['a', 'b', 'c'].map((name) => node(name));
  const filling = (name: string, on: string, priority: number, more: object = {}) =>
    pod(name, { node: on, cpu: '4', priority, ...more });
  const half = (name: string, on: string, priority: number, more: object = {}) =>
    pod(name, { node: on, cpu: '2', priority, ...more });

  it.each<[string, readonly Pod[], string]>([
    [
      'whose victims are protected by no budget',
      [
        filling('x', 'a', 1, { labels: { app: 'held' } }),
        filling('y', 'b', 50, { labels: { app: 'free' } }),
        filling('z', 'c', 1, { labels: { app: 'held' } }),
      ],
      'b: y',
    ],
    [
      'whose most important victim is the least',
      [filling('x', 'a', 9), filling('y', 'b', 7), filling('z', 'c', 8)],
      'b: y',
    ],
    [
      'whose victims together are less important',
      [
        half('x', 'a', 9),
        half('x2', 'a', 5),
        half('y', 'b', 9),
        half('y2', 'b', 4),
        half('z', 'c', 9),
        half('z2', 'c', 6),
      ],
      'b: y y2',
    ],
    [
      'of fewer victims, whatever the sign of their priorities',
      [half('x', 'a', -9), half('x2', 'a', -9), filling('y', 'b', -9), half('z', 'c', -9), half('z2', 'c', -9)],
      'b: y',
    ],
    [
      'whose most important victim began last',
      [filling('x', 'a', 9, { hour: 3 }), filling('y', 'b', 9, { hour: 7 }), filling('z', 'c', 9, { hour: 5 })],
      'b: y',
    ],
    [
      'that was looked at first, where all are alike',
      nodes.map((_, i) => filling(`p${i}`, 'abc'[i] ?? '', 1)),
      'a: p0',
    ],
  ])('chooses the one %s', (_, pods, expected) => {
    expect(outcome(urgent('4'), { nodes, pods, budgets: [budget('held', 0)] })).toBe(expected);
  });

  it('looks only where pods that go would help', () => {
    const tainted = node('a', { spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } });
    const pods = [filling('x', 'a', 1), filling('same', 'b', 100)];
    expect(outcome(urgent('4'), { nodes: [tainted, node('b')], pods })).toBe(
      'preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.',
    );
  });

  it('makes room for who must be apart from others, and between groups that are to be spread', () => {
    const rule = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'noisy' } } };
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [rule] } };
    const noisy = ['a', 'b', 'c'].map((name, i) =>
      pod(`n${i}`, { node: name, priority: 3 - i, labels: { app: 'noisy' } }),
    );
    expect(outcome(urgent('1', { affinity }), { nodes, pods: noisy })).toBe('c: n2');
  });
});
