import type { HorizontalPodAutoscaler, MetricStatus, Pod, Scale } from '../apis/index.ts';
import type { MetricsSource } from './metrics-source.ts';

/** What is known when a metric is asked how many replicas it wants. */
export interface MetricInput {
  readonly metrics: MetricsSource;
  readonly autoscaler: HorizontalPodAutoscaler;
  /** What is scaled. */
  readonly scale: Scale;
  /** Those selected. */
  readonly pods: readonly Pod[];
  readonly now: number;
}

/** How many replicas one metric asks for. */
export interface MetricProposal {
  readonly replicas: number;
  /** What it goes by, for people. */
  readonly name: string;
  readonly status: MetricStatus;
}
