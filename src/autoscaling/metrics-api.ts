import { isList, isObject, parseQuantity, quantityToMillis } from '../apimachinery/index.ts';
import type { MetricName } from './metrics-source.ts';

/** One value of `custom.metrics.k8s.io` or `external.metrics.k8s.io`. */
export interface MetricValue {
  /** Of the object that it describes; empty outside of objects. */
  readonly name: string;
  /** Thousandths. */
  readonly value: number;
  readonly timestamp: string | undefined;
  readonly windowSeconds: number | undefined;
}

/** Whose metric is asked for; `*` for all whose labels match. */
interface Described {
  readonly group?: string;
  readonly plural: string;
  readonly name: string;
  readonly labelSelector?: string;
}

/** The metric of a namespace itself has a place of its own. */
export function customMetricPath(
  version: string,
  { namespace, metric, metricSelector }: MetricName,
  { group = '', plural, name, labelSelector = '' }: Described,
): string {
  const isNamespace = group === '' && plural === 'namespaces';
  const owner = isNamespace ? ['metrics'] : [group === '' ? plural : `${plural}.${group}`, name];
  const within = isNamespace ? name : namespace;
  const place = ['namespaces', within, ...owner, metric].map(encodeURIComponent).join('/');
  const query = new URLSearchParams();
  if (labelSelector !== '') query.set('labelSelector', labelSelector);
  if (metricSelector !== '') query.set('metricLabelSelector', metricSelector);
  const path = `/apis/custom.metrics.k8s.io/${version}/${place}`;
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

/** Of the answer to a question about a group. Throws for anything else. */
export function readPreferredVersion(body: string): string {
  const answer: unknown = JSON.parse(body);
  const preferred = isObject(answer) ? answer['preferredVersion'] : undefined;
  const version = isObject(preferred) ? preferred['version'] : undefined;
  if (typeof version !== 'string') throw new Error('its preferred version is not told');
  return version;
}

/** Throws for what is no list of values. */
export function readMetricValues(body: string): readonly MetricValue[] {
  const answer: unknown = JSON.parse(body);
  const items = isObject(answer) ? answer['items'] : undefined;
  if (!isList(items)) throw new Error('the answer is no list of values');
  return items.map((item) => {
    const { describedObject, value, timestamp, windowSeconds } = isObject(item) ? item : {};
    if (typeof value !== 'string') throw new Error('the answer has a value that is no quantity');
    const name = isObject(describedObject) ? describedObject['name'] : undefined;
    return {
      name: typeof name === 'string' ? name : '',
      value: quantityToMillis(parseQuantity(value)),
      timestamp: typeof timestamp === 'string' ? timestamp : undefined,
      windowSeconds: typeof windowSeconds === 'number' ? windowSeconds : undefined,
    };
  });
}
