import { expect, it } from 'vitest';
import type { Node, Pod } from '../../src/apis/index.ts';
import { essentialsOfNode, nodeAmounts, podRequests } from './node-amounts.ts';

const node = (name: string, ready: boolean, cpu: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, managedFields: [{ manager: 'kubelet' }] },
  status: {
    capacity: { cpu, memory: '4Gi' },
    allocatable: { cpu, memory: '3Gi' },
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    images: [{ names: ['a'] }],
  },
});

it('sums what nodes have, and what the ready ones can give', () => {
  const nodes = [node('a', true, '1500m'), node('b', true, '2'), node('c', false, '4')].map(essentialsOfNode);
  expect(nodes[0]?.metadata).toEqual({ name: 'a' });
  expect(nodes[0]?.status?.images).toBeUndefined();
  expect(nodeAmounts(nodes)).toEqual({
    nodes: { total: 3, ready: 2 },
    capacity: { cpu: '7500m', memory: '12Gi' },
    allocatable: { cpu: '3500m', memory: '6Gi' },
  });
});

it('takes an amount that nobody can read for nothing', () => {
  expect(nodeAmounts([node('a', true, 'lots'), node('b', true, '2')].map(essentialsOfNode)).capacity?.['cpu']).toBe(
    '2',
  );
});

it('counts sidecars with containers, and an init container where it takes more', () => {
  const container = (name: string, cpu: string, sidecar = false) => ({
    name,
    resources: { requests: { cpu } },
    ...(sidecar ? { restartPolicy: 'Always' } : {}),
  });
  const pod = (init: string): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: {
      initContainers: [container('s', '100m', true), container('i', init)],
      containers: [container('a', '300m'), container('b', '1')],
      overhead: { cpu: '50m' },
    },
  });
  expect(podRequests(pod('200m'))).toEqual({ cpu: '1450m' });
  expect(podRequests(pod('2'))).toEqual({ cpu: '2150m' });
});
