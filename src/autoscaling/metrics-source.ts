import type { CrossVersionObjectReference } from '../apis/index.ts';
import type { PodUsages } from './replica-calculator.ts';

/** Pods of one namespace, by their labels. */
export interface PodQuery {
  readonly namespace: string;
  /** As text. */
  readonly selector: string;
}

export interface UsageQuery extends PodQuery {
  readonly resource: string;
  /** Of this container alone. */
  readonly container?: string;
}

/** One series, or those whose labels the selector matches. */
export interface MetricName {
  readonly namespace: string;
  readonly metric: string;
  /** As text; empty for all. */
  readonly metricSelector: string;
}

export type PodMetricQuery = MetricName & PodQuery;

export interface ObjectMetricQuery extends MetricName {
  readonly object: CrossVersionObjectReference;
}

/** One number, of which not all may be known. */
export interface Measured {
  readonly value: number;
  /** There is more of it where nobody could ask. */
  readonly isPartial?: true;
}

/** What pods use, and what else is measured: in thousandths. Every call throws `NoProposal` where nobody can tell. */
export interface MetricsSource {
  /** As `metrics.k8s.io` says. */
  podUsages(query: UsageQuery, signal: AbortSignal): Promise<PodUsages>;
  /** As `custom.metrics.k8s.io` says. */
  podMetric(query: PodMetricQuery, signal: AbortSignal): Promise<PodUsages>;
  objectMetric(query: ObjectMetricQuery, signal: AbortSignal): Promise<Measured>;
  /** As `external.metrics.k8s.io` says, all series together. */
  externalMetric(query: MetricName, signal: AbortSignal): Promise<Measured>;
}
