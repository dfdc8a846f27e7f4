import { formatQuantity, parseQuantity, type KubeObject } from '../../apimachinery/index.ts';
import type { Column, ResourceDefinition } from '../../apiserver/index.ts';
import { nameColumn } from '../columns.ts';
import { unread } from '../compose.ts';
import type { NodeMetrics, PodMetrics, ResourceUsage } from './wire-types.ts';

const version = { group: 'metrics.k8s.io', version: 'v1beta1' } as const;
const types = 'k8s.io/metrics/pkg/apis/metrics/v1beta1';

/** What a node uses. */
export const nodeMetrics: ResourceDefinition<NodeMetrics> = {
  ...version,
  kind: 'NodeMetrics',
  plural: 'nodes',
  singular: 'nodemetrics',
  namespaced: false,
  schema: `${types}.NodeMetrics`,
  verbs: ['get', 'list'],
  strategy: {},
  read: unread({ kind: 'NodeMetrics' }),
  columns: columnsOf(({ usage }) => usage),
};

/** What the containers of a pod use. */
export const podMetrics: ResourceDefinition<PodMetrics> = {
  ...version,
  kind: 'PodMetrics',
  plural: 'pods',
  singular: 'podmetrics',
  namespaced: true,
  schema: `${types}.PodMetrics`,
  verbs: ['get', 'list'],
  strategy: {},
  read: unread({ kind: 'PodMetrics' }),
  columns: columnsOf(({ containers }) => sumOf(containers.map(({ usage }) => usage))),
};

type Metrics = KubeObject & { readonly window: string };

function columnsOf<T extends Metrics>(usageOf: (metrics: T) => ResourceUsage): readonly Column<T>[] {
  const used = (name: string): Column<T> => ({
    name,
    type: 'string',
    format: 'quantity',
    description: '',
    value: (metrics) => usageOf(metrics)[name] ?? '0',
  });
  return [
    nameColumn,
    used('cpu'),
    used('memory'),
    { name: 'Window', type: 'string', format: 'duration', description: '', value: ({ window }) => window },
  ];
}

function sumOf(usages: readonly ResourceUsage[]): ResourceUsage {
  const names = new Set(usages.flatMap((usage) => Object.keys(usage)));
  return Object.fromEntries([...names].map((name) => [name, sum(usages.map((usage) => usage[name] ?? '0'))]));
}

function sum(texts: readonly string[]): string {
  const amounts = texts.map((text) => parseQuantity(text));
  const format = amounts.find(({ nanos }) => nanos !== 0n)?.format ?? 'DecimalSI';
  return formatQuantity({ nanos: amounts.reduce((total, { nanos }) => total + nanos, 0n), format });
}
