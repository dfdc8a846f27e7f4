import { expect, it } from 'vitest';
import { nodeStatusOf, type NodeIdentity } from './node-status.ts';

const node = { name: 'n', address: '10.0.0.1', podCIDR: '10.1.0.0/24', zone: 'z', region: 'r' };
const identity: NodeIdentity = { node, version: 'v1.36.0', runtimeVersion: 'hollow://1.0.0' };

it('lets pods use what others say the node has, until they say so no more', () => {
  const first = nodeStatusOf(identity, undefined, 0);
  const own = { cpu: '4', memory: '8Gi', pods: '110' };
  expect(first.capacity).toEqual(own);
  const told = { 'example.com/dongle': '2', 'kubernetes.io/other': '1', cpu: '64', 'hugepages-2Mi': '1Gi' };
  const next = nodeStatusOf(identity, { ...first, capacity: told }, 0);
  expect(next.capacity).toEqual({ ...own, 'example.com/dongle': '2' });
  expect(next.allocatable).toEqual(next.capacity);
  expect(nodeStatusOf(identity, { ...next, capacity: own }, 0).allocatable).toEqual(own);
});
