import { parseQuantity, quantityToNumber } from '../../src/apimachinery/index.ts';
import type { Container, Pod } from '../../src/apis/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import {
  CpuMeter,
  isRuntimeError,
  type ContainerDemand,
  type ContainerRuntime,
  type ContainerStatus,
  type ContainerUsage,
  type ResourceAmounts,
} from '../runtime/index.ts';
import { allContainersOf } from './observed-pod.ts';

export interface UsageOfContainer extends ContainerUsage {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface PodUsage {
  readonly pod: Pod;
  /** Those that run. */
  readonly containers: readonly UsageOfContainer[];
}

/** What a node and all that runs on it use at one moment. */
export interface NodeUsage extends ContainerUsage {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly startedAt: number;
  readonly capacity: ResourceAmounts;
  readonly pods: readonly PodUsage[];
}

/** What the machine needs for itself. */
const NODE_BASE = { cpuNanoCores: 100_000_000, memoryBytes: 256 * 1024 * 1024 };

/** What a node uses: itself, and all that runs on it. */
export class NodeMeter {
  readonly #clock: Clock;
  readonly #capacity: ResourceAmounts;
  readonly #startedAt: number;
  readonly #cpu: CpuMeter;

  constructor(clock: Clock, capacity: ResourceAmounts) {
    this.#clock = clock;
    this.#capacity = capacity;
    this.#startedAt = clock.now();
    this.#cpu = new CpuMeter(this.#startedAt);
  }

  read(pods: readonly PodUsage[]): NodeUsage {
    const at = this.#clock.now();
    const wanted = sumOf([NODE_BASE, ...pods.flatMap(({ containers }) => containers)]);
    const { cpuNanoCores = Infinity, memoryBytes = Infinity } = this.#capacity;
    const used = {
      cpuNanoCores: Math.min(wanted.cpuNanoCores, cpuNanoCores),
      memoryBytes: Math.min(wanted.memoryBytes, memoryBytes),
    };
    const cpuCoreNanoseconds = this.#cpu.read(used.cpuNanoCores, at);
    return { ...used, cpuCoreNanoseconds, at, startedAt: this.#startedAt, capacity: this.#capacity, pods };
  }
}

/** Without containers where it cannot be told what they use. */
export async function podUsage(runtime: ContainerRuntime, pod: Pod, sandboxId: string | undefined): Promise<PodUsage> {
  if (sandboxId === undefined) return { pod, containers: [] };
  try {
    const running = (await runtime.listContainers(sandboxId)).filter(({ state }) => state === 'RUNNING');
    const containers = await Promise.all(running.map((status) => usageOf(runtime, pod, status)));
    return { pod, containers };
  } catch (err) {
    if (isRuntimeError(err)) return { pod, containers: [] };
    throw err;
  }
}

export function sumOf(usages: readonly Omit<ContainerUsage, 'cpuCoreNanoseconds'>[]): Required<ResourceAmounts> {
  return {
    cpuNanoCores: usages.reduce((sum, { cpuNanoCores }) => sum + cpuNanoCores, 0),
    memoryBytes: usages.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
  };
}

export function amountsOf({ cpu, memory }: Readonly<Record<string, string>> = {}): ResourceAmounts {
  return {
    ...(cpu === undefined ? {} : { cpuNanoCores: quantityToNumber(parseQuantity(cpu)) * 1e9 }),
    ...(memory === undefined ? {} : { memoryBytes: quantityToNumber(parseQuantity(memory)) }),
  };
}

async function usageOf(runtime: ContainerRuntime, pod: Pod, status: ContainerStatus): Promise<UsageOfContainer> {
  const { name } = status.metadata;
  const container = allContainersOf(pod).find((each) => each.name === name);
  const usage = await runtime.containerUsage(status.id, demandOf(pod, container));
  return { name, startedAt: status.startedAt ?? status.createdAt, ...usage };
}

function demandOf({ metadata }: Pod, container: Container | undefined): ContainerDemand {
  const { requests, limits } = container?.resources ?? {};
  return { annotations: metadata.annotations ?? {}, requests: amountsOf(requests), limits: amountsOf(limits) };
}
