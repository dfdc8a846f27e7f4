import { formatQuantity, parseQuantity, quantityToMillis, quantityToNumber } from '../../../src/apimachinery/index.ts';
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus, Pod } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { podRequests } from './pod-requests.ts';
import { podUsages } from './pod-usages.ts';
import {
  NoProposal,
  replicasForAverage,
  replicasForUtilization,
  type CalculatorInput,
  type Proposal,
} from './replica-calculator.ts';

/** How far from its target a metric may be when nothing else was said. */
const TOLERANCE = 0.1;

export interface MetricProposal {
  readonly replicas: number;
  /** What it goes by, for people. */
  readonly name: string;
  readonly status: MetricStatus;
}

/** Why a metric proposes nothing. */
export interface MetricFailure {
  readonly reason: string;
  /** What the condition tells. */
  readonly why: string;
  readonly message: string;
}

export interface MetricInput {
  readonly client: Client;
  readonly autoscaler: HorizontalPodAutoscaler;
  /** As text. */
  readonly selector: string;
  /** Those selected. */
  readonly pods: readonly Pod[];
  readonly replicas: number;
  readonly now: number;
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
  switch (metric.type) {
    case 'Resource':
      return resourceProposal(input, { name: '', target: { type: '' }, ...resource }, signal);
    case 'ContainerResource':
      return resourceProposal(input, { name: '', target: { type: '' }, ...containerResource }, signal);
    case 'Pods':
      throw notServed(`unable to get metric ${pods?.metric.name ?? ''}`, 'custom');
    case 'Object':
      throw notServed(`unable to get metric ${object?.metric.name ?? ''}`, 'custom');
    case 'External':
      throw notServed(`unable to get external metric ${external?.metric.name ?? ''}`, 'external');
    default:
      throw new NoProposal(`unknown metric source type ${JSON.stringify(metric.type)}`);
  }
}

function notServed(what: string, kind: 'custom' | 'external'): NoProposal {
  return new NoProposal(`${what}: no ${kind} metrics API (${kind}.metrics.k8s.io) registered`);
}

type Source = NonNullable<MetricSpec['resource']> & { readonly container?: string };

async function resourceProposal(
  { client, autoscaler, selector, pods, replicas, now }: MetricInput,
  { name, target, container }: Source,
  signal: AbortSignal,
): Promise<MetricProposal> {
  const { averageValue, averageUtilization } = target;
  const namespace = autoscaler.metadata.namespace ?? '';
  const isShare = averageValue === undefined;
  const proposal = await failingAs(`failed to get ${name} ${isShare ? 'utilization' : 'usage'}`, async () => {
    if (isShare && averageUtilization === undefined) {
      const neither = 'neither an average utilization target nor an average value (usage) target was set';
      throw new NoProposal(`invalid resource metric source: ${neither}`);
    }
    const query = { namespace, selector, resource: name, ...(container === undefined ? {} : { container }) };
    const usages = await failingAs(`unable to get metrics for resource ${name}`, () =>
      podUsages(client, query, signal),
    );
    const tolerance = toleranceOf(autoscaler);
    const input: CalculatorInput = { pods, usages, resource: name, replicas, tolerance, now };
    return isShare
      ? replicasForUtilization(input, podRequests(pods, name, container), averageUtilization ?? 0)
      : replicasForAverage(input, quantityToMillis(parseQuantity(averageValue)));
  });
  const what = container === undefined ? 'resource' : 'container resource';
  return {
    replicas: proposal.replicas,
    name: isShare ? `${name} ${what} utilization (percentage of request)` : `${name} ${what}`,
    status: statusOf(name, container, proposal),
  };
}

async function failingAs<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (err) {
    if (!(err instanceof NoProposal)) throw err;
    throw new NoProposal(`${what}: ${err.message}`, { cause: err });
  }
}

function toleranceOf({ spec }: HorizontalPodAutoscaler): CalculatorInput['tolerance'] {
  const { scaleUp, scaleDown } = spec.behavior ?? {};
  const read = (text: string | undefined) => (text === undefined ? TOLERANCE : quantityToNumber(parseQuantity(text)));
  return { up: read(scaleUp?.tolerance), down: read(scaleDown?.tolerance) };
}

function statusOf(name: string, container: string | undefined, { average, utilization }: Proposal): MetricStatus {
  const current = {
    averageValue: formatQuantity({ nanos: BigInt(average) * 1_000_000n, format: 'DecimalSI' }),
    ...(utilization === undefined ? {} : { averageUtilization: utilization }),
  };
  return container === undefined
    ? { type: 'Resource', resource: { name, current } }
    : { type: 'ContainerResource', containerResource: { name, container, current } };
}
