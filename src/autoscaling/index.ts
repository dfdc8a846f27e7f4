export { autoscalerReconciler, type AutoscalerDeps } from './autoscaler.ts';
export { ClientMetrics } from './client-metrics.ts';
export type { Findings } from './findings.ts';
export type { Measured, MetricsSource } from './metrics-source.ts';
export { NoProposal } from './no-proposal.ts';
export type { PodUsage, PodUsages } from './replica-calculator.ts';
export type { Look, Selected, View } from './wanted-replicas.ts';
