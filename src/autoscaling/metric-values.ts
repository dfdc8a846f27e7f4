import { formatQuantity, formatSelector, labelSelectorOf } from '../apimachinery/index.ts';
import type { HorizontalPodAutoscaler, MetricSpec } from '../apis/index.ts';
import type { MetricName } from './metrics-source.ts';

type Metric = NonNullable<MetricSpec['external']>['metric'];

/** How a metric is asked for. */
export function metricNameOf({ metadata }: HorizontalPodAutoscaler, { name, selector }: Metric): MetricName {
  const metricSelector = selector === undefined ? '' : formatSelector(labelSelectorOf(selector));
  return { namespace: metadata.namespace ?? '', metric: name, metricSelector };
}

/** Of thousandths. */
export function quantityOf(millis: number): string {
  return formatQuantity({ nanos: BigInt(millis) * 1_000_000n, format: 'DecimalSI' });
}
