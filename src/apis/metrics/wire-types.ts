import type { KubeObject } from '../../apimachinery/index.ts';

/** Quantities by name of the resource: `cpu`, `memory`. */
export type ResourceUsage = Readonly<Record<string, string>>;

export interface NodeMetrics extends KubeObject {
  readonly timestamp: string;
  /** What the usage is an average over, back from the timestamp. */
  readonly window: string;
  readonly usage: ResourceUsage;
}

export interface PodMetrics extends KubeObject {
  readonly timestamp: string;
  readonly window: string;
  readonly containers: readonly ContainerMetrics[];
}

export interface ContainerMetrics {
  readonly name: string;
  readonly usage: ResourceUsage;
}
