import type { Column, ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, NONE, UNKNOWN } from '../columns.ts';
import type { Node } from '../generated/wire-types.ts';
import { withStatusOf } from '../status-rules.ts';
import { validateNode, validateNodeStatus, validateNodeUpdate } from './node-validation.ts';

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
  subresources: [{ type: 'status', name: 'status', validateUpdate: validateNodeStatus }],
  strategy: {
    defaults,
    prepareForUpdate: withStatusOf,
    validate: validateNode,
    validateUpdate: validateNodeUpdate,
  },
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
