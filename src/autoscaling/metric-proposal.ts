import type { MetricSpec } from '../apis/index.ts';
import type { MetricInput, MetricProposal } from './metric-input.ts';
import { NoProposal } from './no-proposal.ts';
import { podMetricProposal, resourceProposal } from './pod-proposal.ts';
import { externalProposal, objectProposal } from './value-proposal.ts';

/** Why a metric proposes nothing. */
export interface MetricFailure {
  readonly reason: string;
  /** What the condition tells. */
  readonly why: string;
  readonly message: string;
}

/** How many replicas one metric asks for. */
export async function proposalFor(
  input: MetricInput,
  metric: MetricSpec,
  signal: AbortSignal,
): Promise<MetricProposal | MetricFailure> {
  const { reason, what } = kindOf(metric);
  try {
    return await measured(input, metric, signal);
  } catch (err) {
    if (!(err instanceof NoProposal)) throw err;
    return {
      reason,
      why: err.message,
      message: what === '' ? err.message : `failed to get ${what} value: ${err.message}`,
    };
  }
}

function kindOf({ type, resource, containerResource, external }: MetricSpec): { reason: string; what: string } {
  switch (type) {
    case 'Resource':
      return { reason: 'FailedGetResourceMetric', what: `${resource?.name ?? ''} resource metric` };
    case 'ContainerResource':
      return { reason: 'FailedGetContainerResourceMetric', what: `${containerResource?.name ?? ''} container metric` };
    case 'Pods':
      return { reason: 'FailedGetPodsMetric', what: 'pods metric' };
    case 'Object':
      return { reason: 'FailedGetObjectMetric', what: 'object metric' };
    case 'External':
      return { reason: 'FailedGetExternalMetric', what: `${external?.metric.name ?? ''} external metric` };
    default:
      return { reason: 'InvalidMetricSourceType', what: '' };
  }
}

async function measured(input: MetricInput, metric: MetricSpec, signal: AbortSignal): Promise<MetricProposal> {
  const { resource, containerResource, pods, object, external } = metric;
  if (metric.type === 'Resource' && resource !== undefined) return resourceProposal(input, resource, signal);
  if (metric.type === 'ContainerResource' && containerResource !== undefined) {
    return resourceProposal(input, containerResource, signal);
  }
  if (metric.type === 'Pods' && pods !== undefined) return podMetricProposal(input, pods, signal);
  if (metric.type === 'Object' && object !== undefined) return objectProposal(input, object, signal);
  if (metric.type === 'External' && external !== undefined) return externalProposal(input, external, signal);
  throw new NoProposal(`unknown metric source type ${JSON.stringify(metric.type)}`);
}
