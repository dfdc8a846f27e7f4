import { findCondition, parseQuantity, quantityToMillis } from '../apimachinery/index.ts';
import type { MetricSpec } from '../apis/index.ts';
import type { MetricInput, MetricProposal } from './metric-input.ts';
import { metricNameOf, quantityOf } from './metric-values.ts';
import { failingAs } from './failing-as.ts';
import type { Measured } from './metrics-source.ts';
import { NoProposal } from './no-proposal.ts';
import { isTolerated, toleranceOf } from './tolerance.ts';

/** By what is measured of one object. */
export async function objectProposal(
  input: MetricInput,
  { metric, target, describedObject }: NonNullable<MetricSpec['object']>,
  signal: AbortSignal,
): Promise<MetricProposal> {
  const query = { ...metricNameOf(input.autoscaler, metric), object: describedObject };
  const measured = await failingAs(`unable to get metric ${metric.name}`, () =>
    input.metrics.objectMetric(query, signal),
  );
  const { replicas, current } = byMeasured(input, target, measured);
  return {
    replicas,
    name: `${describedObject.kind} metric ${metric.name}`,
    status: { type: 'Object', object: { metric, describedObject, current } },
  };
}

/** By what is measured outside of any cluster. */
export async function externalProposal(
  input: MetricInput,
  { metric, target }: NonNullable<MetricSpec['external']>,
  signal: AbortSignal,
): Promise<MetricProposal> {
  const query = metricNameOf(input.autoscaler, metric);
  const measured = await failingAs(`unable to get external metric ${query.namespace}/${metric.name}`, () =>
    input.metrics.externalMetric(query, signal),
  );
  const { replicas, current } = byMeasured(input, target, measured);
  return {
    replicas,
    name: `external metric ${metric.name}(${query.metricSelector === '' ? 'nil' : query.metricSelector})`,
    status: { type: 'External', external: { metric, current } },
  };
}

type Target = NonNullable<MetricSpec['object']>['target'];

/** More is known to be too much; that less is enough is not known where a part is missing. */
function byMeasured(input: MetricInput, target: Target, { value, isPartial }: Measured) {
  const wanted = byValue(input, target, value);
  const present = input.scale.spec?.replicas ?? 0;
  return isPartial === true ? { ...wanted, replicas: Math.max(present, wanted.replicas) } : wanted;
}

/** One value, for all pods together, or to be shared by them. */
function byValue(input: MetricInput, { value: wanted, averageValue }: Target, value: number) {
  const tolerance = toleranceOf(input.autoscaler);
  const { spec, status } = input.scale;
  if (averageValue !== undefined) {
    const each = quantityToMillis(parseQuantity(averageValue));
    const present = status?.replicas ?? 0;
    const isEnough = present > 0 && isTolerated(tolerance, value / (each * present));
    const current = { averageValue: quantityOf(present === 0 ? 0 : Math.ceil(value / present)) };
    return { replicas: isEnough ? present : Math.ceil(value / each), current };
  }
  if (wanted === undefined) throw new NoProposal('neither a value target nor an average value target was set');
  const current = { value: quantityOf(value) };
  const ratio = value / quantityToMillis(parseQuantity(wanted));
  const replicas = spec?.replicas ?? 0;
  if (replicas === 0) return { replicas: Math.ceil(ratio), current };
  return { replicas: isTolerated(tolerance, ratio) ? replicas : Math.ceil(ratio * readyPods(input)), current };
}

function readyPods({ pods }: MetricInput): number {
  if (pods.length === 0) throw new NoProposal('no pods returned by selector while calculating replica count');
  return pods.filter(
    ({ status }) => status?.phase === 'Running' && findCondition(status.conditions, 'Ready')?.status === 'True',
  ).length;
}
