import { formatQuantity, formatTime, isStatusError, notFound } from '../../../src/apimachinery/index.ts';
import {
  nodeMetrics,
  nodes,
  pods,
  podMetrics,
  withReads,
  type Node,
  type NodeMetrics,
  type PodMetrics,
  type ResourceUsage,
} from '../../../src/apis/index.ts';
import type { ResourceDefinition } from '../../../src/apiserver/index.ts';
import type { NodeUsage, PodUsage } from '../../kubelet/index.ts';
import type { KubeletFinderDeps } from './pod-connect.ts';

/** What kubelets say is what is used at the moment; clients expect an average over some time. */
const WINDOW = '15s';

/** `metrics.k8s.io`: what nodes and pods use, asked of the kubelets whenever somebody wants to know. */
export function usageMetrics(deps: KubeletFinderDeps): readonly ResourceDefinition[] {
  return [
    withReads<NodeMetrics>(nodeMetrics, {
      get: async ({ name }) => {
        const node = await deps.own().get(nodes, { name });
        const usage = await usageOf(deps, name);
        if (usage === undefined) throw notFound(nodeMetrics, name);
        return metricsOfNode(node, usage);
      },
      list: async () => {
        const { items } = await deps.own().list(nodes);
        const all = await Promise.all(items.map(async (node) => ({ node, usage: await usageOf(deps, nameOf(node)) })));
        return all.flatMap(({ node, usage }) => (usage === undefined ? [] : [metricsOfNode(node, usage)]));
      },
    }),
    withReads<PodMetrics>(podMetrics, {
      get: async (key) => {
        const pod = await deps.own().get(pods, key);
        const usage = await usageOf(deps, pod.spec?.nodeName ?? '');
        const own = usage?.pods.find((each) => each.pod.metadata.uid === pod.metadata.uid);
        const [metrics] = usage === undefined || own === undefined ? [] : metricsOfPod(own, usage.at);
        if (metrics === undefined) throw notFound(podMetrics, `${key.namespace ?? ''}/${key.name}`);
        return metrics;
      },
      list: async (namespace) => {
        const { items } = await deps.own().list(nodes);
        const usages = await Promise.all(items.map((node) => usageOf(deps, nameOf(node))));
        return usages
          .flatMap((usage) => usage?.pods.flatMap((pod) => metricsOfPod(pod, usage.at)) ?? [])
          .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
          .sort(byPlace);
      },
    }),
  ];
}

/** Absent for a node without a kubelet, or whose kubelet does not answer. */
async function usageOf({ kubelet }: KubeletFinderDeps, nodeName: string): Promise<NodeUsage | undefined> {
  try {
    return await kubelet(nodeName)?.usage();
  } catch (err) {
    if (isStatusError(err)) return undefined;
    throw err;
  }
}

function metricsOfNode({ metadata }: Node, usage: NodeUsage): NodeMetrics {
  const { name, labels } = metadata;
  return {
    kind: 'NodeMetrics',
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(labels === undefined ? {} : { labels }),
      creationTimestamp: formatTime(usage.at),
    },
    timestamp: formatTime(usage.at),
    window: WINDOW,
    usage: quantitiesOf(usage),
  };
}

/** Nothing for a pod of which nothing runs. */
function metricsOfPod({ pod, containers }: PodUsage, at: number): readonly PodMetrics[] {
  if (containers.length === 0 || pod.status?.phase !== 'Running') return [];
  const { name, namespace, labels } = pod.metadata;
  return [
    {
      kind: 'PodMetrics',
      apiVersion: 'metrics.k8s.io/v1beta1',
      metadata: {
        ...(name === undefined ? {} : { name }),
        ...(namespace === undefined ? {} : { namespace }),
        ...(labels === undefined ? {} : { labels }),
        creationTimestamp: formatTime(at),
      },
      timestamp: formatTime(at),
      window: WINDOW,
      containers: containers.map((container) => ({ name: container.name, usage: quantitiesOf(container) })),
    },
  ];
}

function quantitiesOf({ cpuNanoCores, memoryBytes }: Pick<NodeUsage, 'cpuNanoCores' | 'memoryBytes'>): ResourceUsage {
  const bytes = BigInt(Math.round(memoryBytes));
  return {
    cpu: formatQuantity({ nanos: BigInt(Math.round(cpuNanoCores)), format: 'DecimalSI' }),
    memory: formatQuantity({ nanos: bytes * 1_000_000_000n, format: 'BinarySI' }),
  };
}

const nameOf = ({ metadata }: Node): string => metadata.name ?? '';

/** As lists of pods are. */
function byPlace({ metadata: a }: PodMetrics, { metadata: b }: PodMetrics): number {
  const [left, right] = [a, b].map(({ namespace = '', name = '' }) => `${namespace}/${name}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
