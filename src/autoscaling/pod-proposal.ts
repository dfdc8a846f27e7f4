import { parseQuantity, quantityToMillis } from '../apimachinery/index.ts';
import type { MetricSpec, MetricStatus } from '../apis/index.ts';
import type { MetricInput, MetricProposal } from './metric-input.ts';
import { metricNameOf, quantityOf } from './metric-values.ts';
import { failingAs } from './failing-as.ts';
import { NoProposal } from './no-proposal.ts';
import { podRequests } from './pod-requests.ts';
import {
  replicasForAverage,
  replicasForUtilization,
  type CalculatorInput,
  type PodUsages,
  type Proposal,
} from './replica-calculator.ts';
import { toleranceOf } from './tolerance.ts';

type Source = NonNullable<MetricSpec['resource']> & { readonly container?: string };

/** By what the pods, or a container of each, use of a resource. */
export async function resourceProposal(
  input: MetricInput,
  { name, target, container }: Source,
  signal: AbortSignal,
): Promise<MetricProposal> {
  const { averageValue, averageUtilization } = target;
  const { pods, metrics } = input;
  const isShare = averageValue === undefined;
  const proposal = await failingAs(`failed to get ${name} ${isShare ? 'utilization' : 'usage'}`, async () => {
    if (isShare && averageUtilization === undefined) {
      const neither = 'neither an average utilization target nor an average value (usage) target was set';
      throw new NoProposal(`invalid resource metric source: ${neither}`);
    }
    const query = { ...podsOf(input), resource: name, ...(container === undefined ? {} : { container }) };
    const usages = await failingAs(`unable to get metrics for resource ${name}`, () =>
      metrics.podUsages(query, signal),
    );
    const calculation = calculatorInput(input, usages, name);
    return isShare
      ? replicasForUtilization(calculation, podRequests(pods, name, container), averageUtilization ?? 0)
      : replicasForAverage(calculation, quantityToMillis(parseQuantity(averageValue)));
  });
  const what = container === undefined ? 'resource' : 'container resource';
  return {
    replicas: proposal.replicas,
    name: isShare ? `${name} ${what} utilization (percentage of request)` : `${name} ${what}`,
    status: statusOf(name, container, proposal),
  };
}

/** By what is measured of each pod. */
export async function podMetricProposal(
  input: MetricInput,
  { metric, target }: NonNullable<MetricSpec['pods']>,
  signal: AbortSignal,
): Promise<MetricProposal> {
  const query = { ...podsOf(input), ...metricNameOf(input.autoscaler, metric) };
  const usages = await failingAs(`unable to get metric ${metric.name}`, () => input.metrics.podMetric(query, signal));
  const wanted = quantityToMillis(parseQuantity(target.averageValue ?? '0'));
  const { replicas, average } = replicasForAverage(calculatorInput(input, usages, ''), wanted);
  return {
    replicas,
    name: `pods metric ${metric.name}`,
    status: { type: 'Pods', pods: { metric, current: { averageValue: quantityOf(average) } } },
  };
}

function podsOf({ autoscaler, scale }: MetricInput) {
  return { namespace: autoscaler.metadata.namespace ?? '', selector: scale.status?.selector ?? '' };
}

function calculatorInput({ autoscaler, pods, scale, now }: MetricInput, usages: PodUsages, resource: string) {
  const replicas = scale.spec?.replicas ?? 0;
  const calculation: CalculatorInput = { pods, usages, resource, replicas, tolerance: toleranceOf(autoscaler), now };
  return calculation;
}

function statusOf(name: string, container: string | undefined, { average, utilization }: Proposal): MetricStatus {
  const current = {
    averageValue: quantityOf(average),
    ...(utilization === undefined ? {} : { averageUtilization: utilization }),
  };
  return container === undefined
    ? { type: 'Resource', resource: { name, current } }
    : { type: 'ContainerResource', containerResource: { name, container, current } };
}
