import {
  dnsLabelProblems,
  forbiddenField,
  invalidValue,
  pathSegmentProblems,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { readQuantity } from '../core/quantities.ts';
import { broken, invalidBy, requiredName, requiredOneOf } from '../field-rules.ts';
import type {
  CrossVersionObjectReference,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
} from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

const SOURCES = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
} as const;

type Source = (typeof SOURCES)[keyof typeof SOURCES];

export function validateMetric(field: string, metric: Sent<MetricSpec>): readonly FieldError[] {
  const { type = '' } = metric;
  if (type === '') return [required(`${field}.type`, 'must specify a metric source type')];
  // @NOTE a name that is none of these finds nothing, which is refused before it is used.
  const expected = SOURCES[type as keyof typeof SOURCES] as Source | undefined;
  if (expected === undefined) return requiredOneOf(`${field}.type`, type, Object.keys(SOURCES));
  const present = Object.values(SOURCES).filter((source) => metric[source] !== undefined);
  const others = present.length === 1 ? [] : present.filter((source) => source !== expected);
  return [
    ...(metric[expected] === undefined
      ? [required(`${field}.${expected}`, 'must populate information for the given metric source')]
      : validateSource(expected, `${field}.${expected}`, metric)),
    ...others.map((source) => forbiddenField(`${field}.${source}`, 'must populate the given metric source only')),
  ];
}

function validateSource(source: Source, field: string, metric: Sent<MetricSpec>): readonly FieldError[] {
  switch (source) {
    case 'resource':
      return validateResource(field, metric.resource ?? {});
    case 'containerResource':
      return validateContainerResource(field, metric.containerResource ?? {});
    case 'pods':
      return validatePods(field, metric.pods ?? {});
    case 'object':
      return validateObject(field, metric.object ?? {});
    case 'external':
      return validateExternal(field, metric.external ?? {});
  }
}

function validateResource(
  field: string,
  { name = '', target = {} }: { readonly name?: string | undefined; readonly target?: Sent<MetricTarget> | undefined },
): readonly FieldError[] {
  const { averageUtilization, averageValue } = target;
  return [
    ...broken([name === '', required(`${field}.name`, 'must specify a resource name')]),
    ...validateTarget(`${field}.target`, target),
    ...broken(
      [
        averageUtilization === undefined && averageValue === undefined,
        required(`${field}.target.averageUtilization`, 'must set either a target raw value or a target utilization'),
      ],
      [
        averageUtilization !== undefined && averageValue !== undefined,
        forbiddenField(`${field}.target.averageValue`, 'may not set both a target raw value and a target utilization'),
      ],
    ),
  ];
}

function validateContainerResource(
  field: string,
  source: Sent<NonNullable<MetricSpec['containerResource']>>,
): readonly FieldError[] {
  const { container = '' } = source;
  const at = `${field}.container`;
  return [
    ...(container === ''
      ? [required(at, 'must specify a container')]
      : invalidBy(at, container, dnsLabelProblems(container))),
    ...validateResource(field, source),
  ];
}

function validatePods(
  field: string,
  { metric, target = {} }: Sent<NonNullable<MetricSpec['pods']>>,
): readonly FieldError[] {
  return [
    ...validateIdentifier(`${field}.metric`, metric),
    ...validateTarget(`${field}.target`, target),
    ...broken([
      target.averageValue === undefined,
      required(`${field}.target.averageValue`, 'must specify a positive target averageValue'),
    ]),
  ];
}

function validateObject(
  field: string,
  { describedObject, metric, target = {} }: Sent<NonNullable<MetricSpec['object']>>,
): readonly FieldError[] {
  return [
    ...validateReference(`${field}.describedObject`, describedObject),
    ...validateIdentifier(`${field}.metric`, metric),
    ...validateTarget(`${field}.target`, target),
    ...broken([
      target.value === undefined && target.averageValue === undefined,
      required(`${field}.target.averageValue`, 'must set either a target value or averageValue'),
    ]),
  ];
}

function validateExternal(
  field: string,
  { metric, target = {} }: Sent<NonNullable<MetricSpec['external']>>,
): readonly FieldError[] {
  const { value, averageValue } = target;
  return [
    ...validateIdentifier(`${field}.metric`, metric),
    ...validateTarget(`${field}.target`, target),
    ...broken(
      [
        value === undefined && averageValue === undefined,
        required(`${field}.target.averageValue`, 'must set either a target value for metric or a per-pod target'),
      ],
      [
        value !== undefined && averageValue !== undefined,
        forbiddenField(`${field}.target.value`, 'may not set both a target value for metric and a per-pod target'),
      ],
    ),
  ];
}

/** What an autoscaler names, by itself or in a metric. */
export function validateReference(
  field: string,
  reference: Sent<CrossVersionObjectReference> | undefined,
): readonly FieldError[] {
  return [
    ...requiredName(`${field}.kind`, reference?.kind, pathSegmentProblems),
    ...requiredName(`${field}.name`, reference?.name, pathSegmentProblems),
    ...validateApiVersion(`${field}.apiVersion`, reference?.apiVersion),
  ];
}

function validateApiVersion(field: string, version = ''): readonly FieldError[] {
  const isReadable = version.split('/').length <= 2;
  return broken([!isReadable, invalidValue(field, version, `unexpected GroupVersion string: ${version}`)]);
}

function validateIdentifier(field: string, metric: Sent<MetricIdentifier> | undefined): readonly FieldError[] {
  const { name = '' } = metric ?? {};
  if (name === '') return [required(`${field}.name`, 'must specify a metric name')];
  return invalidBy(`${field}.name`, name, pathSegmentProblems(name));
}

function validateTarget(field: string, target: Sent<MetricTarget>): readonly FieldError[] {
  const { type = '', value, averageValue, averageUtilization: share } = target;
  const types = ['Utilization', 'Value', 'AverageValue'];
  return [
    ...broken(
      [type === '', required(`${field}.type`, 'must specify a metric target type')],
      [
        !types.includes(type),
        invalidValue(`${field}.type`, type, 'must be either Utilization, Value, or AverageValue'),
      ],
    ),
    ...positive(`${field}.value`, value),
    ...positive(`${field}.averageValue`, averageValue),
    ...broken([
      share !== undefined && share < 1,
      invalidValue(`${field}.averageUtilization`, share, 'must be greater than 0'),
    ]),
  ];
}

function positive(field: string, text: string | undefined): readonly FieldError[] {
  if (text === undefined) return [];
  const quantity = readQuantity(text);
  if (typeof quantity === 'string') return [invalidValue(field, text, quantity)];
  return broken([quantity.nanos <= 0n, invalidValue(field, text, 'must be positive')]);
}
