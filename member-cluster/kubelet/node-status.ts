import { createHash } from 'node:crypto';
import { setCondition } from '../../src/apimachinery/index.ts';
import type { Node, NodeCondition, NodeStatus } from '../../src/apis/index.ts';

export interface KubeletNode {
  readonly name: string;
  /** Of this machine; the node's InternalIP. */
  readonly address: string;
  readonly podCIDR: string;
  readonly zone: string;
  readonly region: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** `{ cpu: '4', memory: '8Gi', pods: '110' }` when absent, or for what it leaves out. */
  readonly capacity?: Readonly<Record<string, string>>;
}

export interface NodeIdentity {
  readonly node: KubeletNode;
  /** Of Kubernetes, that this kubelet speaks: `v1.36.0`. */
  readonly version: string;
  /** `hollow://1.0.0`. */
  readonly runtimeVersion: string;
}

const CAPACITY = { cpu: '4', memory: '8Gi', pods: '110' };
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const ARCHITECTURE = ARCHITECTURES[process.arch] ?? process.arch;

export const capacityOf = ({ capacity }: KubeletNode): Readonly<Record<string, string>> => ({
  ...CAPACITY,
  ...capacity,
});

export function nodeLabels({ node }: NodeIdentity): Readonly<Record<string, string>> {
  return {
    'kubernetes.io/hostname': node.name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': ARCHITECTURE,
    'topology.kubernetes.io/zone': node.zone,
    'topology.kubernetes.io/region': node.region,
    ...node.labels,
  };
}

export function newNode(identity: NodeIdentity, now: number): Omit<Node, 'apiVersion' | 'kind'> {
  const { name, podCIDR } = identity.node;
  return {
    metadata: { name, labels: nodeLabels(identity) },
    spec: { podCIDR, podCIDRs: [podCIDR] },
    status: nodeStatusOf(identity, undefined, now),
  };
}

/** What the kubelet knows of its node; conditions and extended resources of others are kept, and may all be used. */
export function nodeStatusOf(identity: NodeIdentity, old: NodeStatus | undefined, now: number): NodeStatus {
  const { node } = identity;
  const capacity = { ...extendedResources(old?.capacity), ...capacityOf(node) };
  return {
    ...old,
    capacity,
    allocatable: capacity,
    conditions: CONDITIONS.reduce<readonly NodeCondition[]>(
      (conditions, condition) => setCondition(conditions, condition, now),
      old?.conditions ?? [],
    ),
    addresses: [
      { type: 'InternalIP', address: node.address },
      { type: 'Hostname', address: node.name },
    ],
    nodeInfo: nodeInfoOf(identity),
  };
}

/** What others say the node has, such as `example.com/dongle`: Kubernetes' own resources are the kubelet's to count. */
function extendedResources(capacity: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(capacity).filter(([name]) => name.includes('/') && !/(^|\.)kubernetes\.io\//.test(name)),
  );
}

const CONDITIONS: readonly NodeCondition[] = [
  { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: 'there is memory' },
  { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure', message: 'there is room' },
  { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID', message: 'there are process ids' },
  { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'the kubelet is ready for pods' },
];

function nodeInfoOf({ node, version, runtimeVersion }: NodeIdentity): NonNullable<NodeStatus['nodeInfo']> {
  const id = createHash('sha256').update(`${node.name}/${node.address}`).digest('hex').slice(0, 32);
  return {
    machineID: id,
    systemUUID: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    bootID: id,
    kernelVersion: 'koinon',
    osImage: 'koinon',
    containerRuntimeVersion: runtimeVersion,
    kubeletVersion: version,
    kubeProxyVersion: version,
    operatingSystem: 'linux',
    architecture: ARCHITECTURE,
  };
}

/** All heartbeats now. */
export function withHeartbeat(status: NodeStatus, at: string): NodeStatus {
  const own = new Set(CONDITIONS.map(({ type }) => type));
  const conditions = status.conditions?.map((condition) =>
    own.has(condition.type) ? { ...condition, lastHeartbeatTime: at } : condition,
  );
  return { ...status, ...(conditions === undefined ? {} : { conditions }) };
}
