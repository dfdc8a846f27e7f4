import { formatTime } from '../../src/apimachinery/index.ts';
import type { ContainerUsage } from '../runtime/index.ts';
import { sumOf, type NodeUsage, type PodUsage, type UsageOfContainer } from './node-usage.ts';

/** `stats.k8s.io Summary`, as far as anything is known of it. */
export function usageSummary(nodeName: string, usage: NodeUsage): unknown {
  const { at, startedAt, capacity, pods } = usage;
  const available = capacity.memoryBytes === undefined ? undefined : capacity.memoryBytes - usage.memoryBytes;
  return {
    node: { nodeName, startTime: formatTime(startedAt), cpu: cpuOf(usage, at), memory: memoryOf(usage, at, available) },
    pods: pods.map((pod) => podSummary(pod, at)),
  };
}

function podSummary({ pod: { metadata, status }, containers }: PodUsage, at: number): unknown {
  const total = { ...sumOf(containers), cpuCoreNanoseconds: coreNanosecondsOf(containers) };
  return {
    podRef: { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid },
    startTime: status?.startTime,
    containers: containers.map((container) => ({
      name: container.name,
      startTime: formatTime(container.startedAt),
      cpu: cpuOf(container, at),
      memory: memoryOf(container, at),
    })),
    cpu: cpuOf(total, at),
    memory: memoryOf(total, at),
  };
}

function cpuOf({ cpuNanoCores, cpuCoreNanoseconds }: ContainerUsage, at: number): unknown {
  return { time: formatTime(at), usageNanoCores: cpuNanoCores, usageCoreNanoSeconds: cpuCoreNanoseconds };
}

function memoryOf({ memoryBytes }: ContainerUsage, at: number, availableBytes?: number): unknown {
  return { time: formatTime(at), availableBytes, usageBytes: memoryBytes, workingSetBytes: memoryBytes };
}

function coreNanosecondsOf(containers: readonly UsageOfContainer[]): number {
  return containers.reduce((sum, { cpuCoreNanoseconds }) => sum + cpuCoreNanoseconds, 0);
}

/** The metrics of `/metrics/resource`, in the text format of Prometheus. */
export function resourceMetrics(usage: NodeUsage): string {
  const { at, pods } = usage;
  const perContainer = pods.flatMap((podUsage) =>
    podUsage.containers.map((container) => ({ ...container, labels: labelsOf(podUsage, container.name) })),
  );
  const perPod = pods
    .filter(({ containers }) => containers.length > 0)
    .map((podUsage) => {
      const { containers } = podUsage;
      return { ...sumOf(containers), cpuCoreNanoseconds: coreNanosecondsOf(containers), labels: labelsOf(podUsage) };
    });
  const node = [{ ...usage, labels: '' }];
  return [
    cpuMetric('container_cpu_usage_seconds_total', 'container', perContainer, at),
    memoryMetric('container_memory_working_set_bytes', 'container', perContainer, at),
    metric('container_start_time_seconds gauge', 'When the container was started', startsOf(perContainer)),
    cpuMetric('node_cpu_usage_seconds_total', 'node', node, at),
    memoryMetric('node_memory_working_set_bytes', 'node', node, at),
    cpuMetric('pod_cpu_usage_seconds_total', 'pod', perPod, at),
    memoryMetric('pod_memory_working_set_bytes', 'pod', perPod, at),
    metric('resource_scrape_error gauge', 'Whether something could not be told', [' 0']),
  ].join('');
}

type Labelled = ContainerUsage & { readonly labels: string };

function cpuMetric(name: string, what: string, usages: readonly Labelled[], at: number): string {
  const samples = usages.map(({ labels, cpuCoreNanoseconds }) => `${labels} ${cpuCoreNanoseconds / 1e9} ${at}`);
  return metric(`${name} counter`, `Core seconds that the ${what} has used`, samples);
}

function memoryMetric(name: string, what: string, usages: readonly Labelled[], at: number): string {
  const samples = usages.map(({ labels, memoryBytes }) => `${labels} ${memoryBytes} ${at}`);
  return metric(`${name} gauge`, `Bytes of memory that the ${what} uses`, samples);
}

function startsOf(containers: readonly { readonly labels: string; readonly startedAt: number }[]): readonly string[] {
  return containers.map(({ labels, startedAt }) => `${labels} ${startedAt / 1000}`);
}

function metric(declared: string, help: string, samples: readonly string[]): string {
  const [name = ''] = declared.split(' ', 1);
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${declared}`, ...samples.map((sample) => `${name}${sample}`)];
  return `${lines.join('\n')}\n`;
}

/** All of them are names, in which nothing has to be escaped. */
function labelsOf({ pod: { metadata } }: PodUsage, container?: string): string {
  const own = container === undefined ? '' : `container="${container}",`;
  return `{${own}namespace="${metadata.namespace ?? ''}",pod="${metadata.name ?? ''}"}`;
}
