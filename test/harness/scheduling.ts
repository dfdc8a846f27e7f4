import type { Node, Pod, PodSpec } from '../../src/apis/index.ts';

export interface NodeTraits {
  readonly cpu?: string;
  readonly pods?: string;
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: NonNullable<Node['spec']>;
}

export function node(name: string, { cpu = '4', pods = '110', zone, labels, spec = {} }: NodeTraits = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }),
        ...labels,
      },
    },
    spec,
    status: { allocatable: { cpu, memory: '8Gi', pods } },
  };
}

export interface PodTraits {
  readonly cpu?: string;
  readonly node?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly hostPort?: number;
  readonly priority?: number;
  /** When it began, as an hour of one day. */
  readonly hour?: number;
  readonly isGoing?: boolean;
  readonly spec?: Partial<PodSpec>;
}

export function pod(name: string, traits: PodTraits = {}): Pod {
  const { cpu, node: nodeName, labels = { app: 'web' }, hostPort, priority, hour, isGoing = false, spec } = traits;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      labels,
      ...(isGoing ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: {
      containers: [
        {
          name: 'c',
          ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }),
          ...(hostPort === undefined ? {} : { ports: [{ containerPort: 80, hostPort }] }),
        },
      ],
      ...(nodeName === undefined ? {} : { nodeName }),
      ...(priority === undefined ? {} : { priority }),
      ...spec,
    },
    ...(hour === undefined ? {} : { status: { startTime: `2026-01-01T${String(hour).padStart(2, '0')}:00:00Z` } }),
  };
}

const nothing = { get: () => undefined, list: () => [], byIndex: () => [] };

/** A cluster without volumes, claims and classes. */
export const noStorage = { claims: nothing, volumes: nothing, classes: nothing };
