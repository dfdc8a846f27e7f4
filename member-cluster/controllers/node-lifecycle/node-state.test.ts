import { expect, it } from 'vitest';
import { formatTime } from '../../../src/apimachinery/index.ts';
import type { Node, Taint, Toleration } from '../../../src/apis/index.ts';
import { readyStatus, taintsOf, withoutHeartbeat } from './node-state.ts';
import { evictionTime } from './taint-eviction.ts';

const NOW = Date.UTC(2026, 0, 1);

function node(ready: string, spec: Node['spec'] = {}): Node {
  const conditions = [
    { type: 'Ready', status: ready, lastTransitionTime: formatTime(NOW - 60_000), reason: 'KubeletReady' },
  ];
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec, status: { conditions } };
}

const keys = (taints: readonly Taint[]) => taints.map(({ key, effect }) => `${key}:${effect}`);

it('says of a silent node that nobody knows, once', () => {
  const silent = withoutHeartbeat(node('True'), NOW);
  expect(readyStatus(silent)).toBe('Unknown');
  expect(silent.status?.conditions?.map(({ type, reason }) => `${type} ${reason}`)).toContain(
    'Ready NodeStatusUnknown',
  );
  expect(withoutHeartbeat(silent, NOW + 5000)).toBe(silent);
});

it.each([
  ['True', []],
  ['False', ['node.kubernetes.io/not-ready:NoSchedule', 'node.kubernetes.io/not-ready:NoExecute']],
  ['Unknown', ['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute']],
])('taints a node whose Ready is %s', (ready, expected) => {
  expect(keys(taintsOf(node(ready), NOW))).toEqual(expected);
});

it('takes its own taints away again and leaves those of users', () => {
  const mine = { key: 'dedicated', value: 'gpu', effect: 'NoExecute' };
  const sick = node('False', { taints: [mine] });
  const tainted = node('True', { taints: [...taintsOf(sick, NOW)] });
  expect(taintsOf(tainted, NOW)).toEqual([mine]);
  const cordoned = node('True', { unschedulable: true });
  expect(keys(taintsOf(cordoned, NOW))).toEqual(['node.kubernetes.io/unschedulable:NoSchedule']);
});

const unreachable: Taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: formatTime(NOW) };

it.each<[string, readonly Toleration[], number | undefined]>([
  ['at once without a toleration', [], 0],
  [
    'after the time it tolerates',
    [{ key: unreachable.key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
    NOW + 300_000,
  ],
  [
    'after the shortest of several',
    [
      { operator: 'Exists', tolerationSeconds: 60 },
      { operator: 'Exists', tolerationSeconds: 20 },
    ],
    NOW + 20_000,
  ],
  ['never with a toleration for ever', [{ operator: 'Exists' }], undefined],
  ['at once when another taint is tolerated', [{ key: 'other', operator: 'Exists' }], 0],
])('evicts a pod %s', (_name, tolerations, expected) => {
  expect(evictionTime([unreachable, { key: 'x', effect: 'NoSchedule' }], tolerations, NOW + 5_000)).toBe(expected);
});

it('counts from when it saw a taint that does not say since when it is there', () => {
  const taint = { key: 'dedicated', effect: 'NoExecute' };
  const tolerations = [{ key: 'dedicated', operator: 'Exists', tolerationSeconds: 20 }];
  expect(evictionTime([taint], tolerations, NOW)).toBe(NOW + 20_000);
});
