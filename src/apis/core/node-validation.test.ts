import { expect, it } from 'vitest';
import type { NodeSpec, NodeStatus } from '../generated/wire-types.ts';
import { nodes } from './node.ts';

const { strategy, subresources: [statusSubresource] = [] } = nodes;

const node = (spec: NodeSpec, status: NodeStatus = {}) =>
  strategy.defaults?.({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec, status });
const texts = (errors: readonly { field: string; message: string }[] | undefined = []) =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const taint = (key: string, effect: string, value = '') => ({ key, effect, value });

it.each<[NodeSpec, NodeStatus, readonly string[]]>([
  [{ taints: [taint('a', 'NoSchedule'), taint('a', 'NoExecute')], podCIDRs: ['10.0.0.0/24', 'fd00::/64'] }, {}, []],
  [
    { taints: [taint('a', 'NoSchedule', '1'), taint('a', 'NoSchedule', '2')] },
    {},
    [
      'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"2","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
    ],
  ],
  [{ taints: [{ key: 'a', effect: '' }] }, {}, ['metadata.taints[0].effect: Required value']],
  [
    { taints: [taint('a', 'NoSchedule', '-')] },
    {},
    [expect.stringMatching(/^metadata.taints\[0\].value: Invalid value: "-": a valid label must/)],
  ],
  [
    { podCIDRs: ['10.0.0.0/24', '10.0.0.0/24'] },
    {},
    [
      'spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.0.0.0/24"]: may specify no more than one CIDR for each IP family',
      'spec.podCIDRs[1]: Duplicate value: "10.0.0.0/24"',
    ],
  ],
  [
    {},
    { capacity: { cpu: '-1' }, allocatable: { pods: '1500m', cpu: '500m' } },
    [
      'status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0',
      'status.allocatable.pods: Invalid value: "1500m": must be an integer',
    ],
  ],
])('validates %j %j', (spec, status, expected) => {
  const complete = node(spec, status);
  expect(texts(complete && strategy.validate?.(complete))).toEqual(expected);
});

const CIDR = 'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid';

it.each<[string, NodeSpec, NodeSpec, readonly string[]]>([
  ['gets its CIDRs once', { podCIDR: '10.0.0.0/24' }, {}, []],
  ['keeps the first one', { podCIDR: '10.0.1.0/24' }, { podCIDR: '10.0.0.0/24' }, [CIDR]],
  ['keeps all of them', { podCIDRs: ['10.0.0.0/24'] }, { podCIDRs: ['10.0.0.0/24', 'fd00::/64'] }, [CIDR]],
  [
    'keeps its names elsewhere',
    { providerID: 'b', externalID: 'b' },
    { providerID: 'a' },
    [
      'spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
      'spec.externalID: Forbidden: may not be updated',
    ],
  ],
  ['may be tainted and cordoned', { unschedulable: true, taints: [taint('a', 'NoExecute')] }, {}, []],
])('%s', (_name, next, old, expected) => {
  const [object, before] = [node(next), node(old)];
  expect(texts(object && before && strategy.validateUpdate?.(object, before))).toEqual(expected);
});

it('tells of an address that its status has twice', () => {
  const address = { type: 'InternalIP', address: '10.0.0.1' };
  const object = node({}, { addresses: [address, { ...address, type: 'ExternalIP' }, address] });
  if (object === undefined || statusSubresource?.type !== 'status') throw new TypeError('a Node has a status');
  expect(texts(statusSubresource.validateUpdate?.(object, object))).toEqual([
    'status.addresses[2]: Duplicate value: {"Type":"InternalIP","Address":"10.0.0.1"}',
  ]);
});
