import { expect, it } from 'vitest';
import type { DaemonSet, Node, PodSpec, Taint } from '../../../src/apis/index.ts';
import { daemonPod, daemonSpec, targetNode } from './daemon-pod.ts';
import { fitOf, type Fit } from './node-fit.ts';

const node = (taints: readonly Taint[] = [], labels: Readonly<Record<string, string>> = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1', labels },
  spec: { taints },
});

const daemonSet = (spec: Partial<PodSpec> = {}): DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'd', namespace: 'ns', uid: 'u' },
  spec: { template: { metadata: { labels: { app: 'd' } }, spec: { containers: [], ...spec } } },
});

const terms = (values: readonly string[]) => [{ matchExpressions: [{ key: 'zone', operator: 'In', values }] }];
const inZones = (...values: string[]): Partial<PodSpec> => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms(values) } } },
});

it.each<[string, Partial<PodSpec>, Node, Fit]>([
  ['any node', {}, node(), 'run'],
  ['the node that it names', { nodeName: 'n1' }, node(), 'run'],
  ['no other node than the one that it names', { nodeName: 'n2' }, node(), 'leave'],
  ['nodes that it selects', { nodeSelector: { disk: 'ssd' } }, node([], { disk: 'ssd' }), 'run'],
  ['no nodes that it does not select', { nodeSelector: { disk: 'ssd' } }, node(), 'leave'],
  ['nodes of its affinity', inZones('a', 'b'), node([], { zone: 'b' }), 'run'],
  ['no nodes beyond its affinity', inZones('a', 'b'), node([], { zone: 'c' }), 'leave'],
  ['a cordoned node', {}, node([{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }]), 'run'],
  ['a lost node', {}, node([{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }]), 'run'],
  ['a tainted node, once it is there', {}, node([{ key: 'mine', effect: 'NoSchedule' }]), 'stay'],
  ['no node that sends it away', {}, node([{ key: 'mine', effect: 'NoExecute' }]), 'leave'],
  ['a node that others avoid', {}, node([{ key: 'mine', effect: 'PreferNoSchedule' }]), 'run'],
  ['a node without a network only on its host', {}, noNetwork(), 'stay'],
  ['a node without a network on its host', { hostNetwork: true }, noNetwork(), 'run'],
])('runs on %s', (_name, spec, where, fit) => {
  expect(fitOf(daemonSpec(daemonSet(spec)), where)).toBe(fit);
});

function noNetwork(): Node {
  return node([{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' }]);
}

it('pins each pod to its node, whatever else it prefers', () => {
  const preferred = [{ weight: 1, preference: { matchFields: [] } }];
  const affinity = {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms(['a']) },
      preferredDuringSchedulingIgnoredDuringExecution: preferred,
    },
  };
  const pod = daemonPod(daemonSet({ affinity }), 'n1', 'hash');
  expect(pod.metadata).toMatchObject({ generateName: 'd-', labels: { app: 'd', 'controller-revision-hash': 'hash' } });
  expect(pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution).toBe(preferred);
  expect(targetNode({ ...pod, apiVersion: 'v1', kind: 'Pod' })).toBe('n1');
});

it('adds no toleration that the template has', () => {
  const tolerations = [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }];
  expect(daemonSpec(daemonSet({ tolerations })).tolerations).toHaveLength(6);
});
