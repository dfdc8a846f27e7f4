import { forbiddenField, invalidValue, labelKeyProblems, type FieldError } from '../../apimachinery/index.ts';
import type { Column, ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, NONE, UNKNOWN } from '../columns.ts';
import { invalidBy, requiredOneOf } from '../field-rules.ts';
import type { Node, Taint } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { withStatusOf } from '../status-rules.ts';
import { validCidr } from './ip-validation.ts';

const wide = (name: string, description: string, value: (node: Node) => string): Column<Node> => ({
  name,
  type: 'string',
  priority: 1,
  description,
  value,
});

const columns: readonly Column<Node>[] = [
  nameColumn,
  { name: 'Status', type: 'string', description: 'Whether it takes pods.', value: statusText },
  { name: 'Roles', type: 'string', description: 'By its role labels.', value: rolesText },
  ageColumn,
  {
    name: 'Version',
    type: 'string',
    description: 'Of its kubelet.',
    value: (node) => node.status?.nodeInfo?.kubeletVersion ?? '',
  },
  wide('Internal-IP', 'Address within the cluster.', addressText('InternalIP')),
  wide('External-IP', 'Address from outside.', addressText('ExternalIP')),
  wide('OS-Image', 'Operating system.', (node) => node.status?.nodeInfo?.osImage ?? UNKNOWN),
  wide('Kernel-Version', 'Kernel.', (node) => node.status?.nodeInfo?.kernelVersion ?? UNKNOWN),
  wide(
    'Container-Runtime',
    'What runs the containers.',
    (node) => node.status?.nodeInfo?.containerRuntimeVersion ?? UNKNOWN,
  ),
];

export const nodes: ResourceDefinition<Node> = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  schema: 'k8s.io/api/core/v1.Node',
  subresources: [{ type: 'status', name: 'status' }],
  strategy: { defaults, prepareForUpdate: withStatusOf, validate, validateUpdate },
  columns,
  fieldSelectors: { 'spec.unschedulable': (node) => String(node.spec?.unschedulable ?? false) },
};

/** Unlike other kinds', a new Node's status is kept: kubelets register with it. */
function defaults(node: Node): Node {
  const { podCIDR = '', podCIDRs } = node.spec ?? {};
  const status =
    node.status?.capacity === undefined || node.status.allocatable !== undefined
      ? node.status
      : { ...node.status, allocatable: node.status.capacity };
  return {
    ...node,
    spec: { ...node.spec, ...(podCIDR !== '' && podCIDRs === undefined ? { podCIDRs: [podCIDR] } : {}) },
    ...(status === undefined ? {} : { status }),
  };
}

function validate({ spec = {} }: Node): readonly FieldError[] {
  const { podCIDRs = [], podCIDR = '', taints = [] } = spec;
  const mismatch = podCIDR !== '' && podCIDRs[0] !== podCIDR;
  return [
    ...podCIDRs.flatMap((cidr, index) => validCidr(`spec.podCIDRs[${index}]`, cidr)),
    ...(mismatch ? [invalidValue('spec.podCIDRs', podCIDRs, 'must match `podCIDR` in its first value')] : []),
    ...taints.flatMap((taint, index) => validateTaint(`spec.taints[${index}]`, taint)),
  ];
}

function validateTaint(field: string, { key = '', effect }: Sent<Taint>): readonly FieldError[] {
  return [
    ...invalidBy(`${field}.key`, key, labelKeyProblems(key)),
    ...requiredOneOf(`${field}.effect`, effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
  ];
}

function validateUpdate({ spec = {} }: Node, { spec: old = {} }: Node): readonly FieldError[] {
  const errors: FieldError[] = [];
  if ((old.podCIDR ?? '') !== '' && spec.podCIDR !== old.podCIDR) {
    errors.push(forbiddenField('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  }
  if ((old.providerID ?? '') !== '' && spec.providerID !== old.providerID) {
    errors.push(forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  }
  return errors;
}

function statusText({ status, spec }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const health = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return spec?.unschedulable === true ? `${health},SchedulingDisabled` : health;
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';

function rolesText({ metadata }: Node): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([label, value]) => {
    if (label.startsWith(ROLE_PREFIX)) return [label.slice(ROLE_PREFIX.length)];
    return label === 'kubernetes.io/role' ? [value] : [];
  });
  const named = [...new Set(roles)].filter((role) => role !== '').sort();
  return named.join(',') || NONE;
}

function addressText(type: string): (node: Node) => string {
  return (node) => node.status?.addresses?.find((address) => address.type === type)?.address ?? NONE;
}
