import { invalidValue, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, NONE, UNKNOWN } from '../columns.ts';
import { broken, nonNegative } from '../field-rules.ts';
import type {
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { withoutStatus, withStatusOf } from '../status-rules.ts';
import { completeBehavior, validateBehavior } from './behavior.ts';
import { validateMetric, validateReference } from './metric-validation.ts';

export const horizontalPodAutoscalers: ResourceDefinition<HorizontalPodAutoscaler> = {
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  schema: 'k8s.io/api/autoscaling/v2.HorizontalPodAutoscaler',
  subresources: [{ type: 'status', name: 'status', validateUpdate: validateStatus }],
  strategy: { defaults, prepareForCreate: withoutStatus, prepareForUpdate: withStatusOf, validate },
  columns: [
    nameColumn,
    {
      name: 'Reference',
      type: 'string',
      description: 'What it scales.',
      value: ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
    },
    { name: 'Targets', type: 'string', description: 'What is measured, of what is wanted.', value: targetsText },
    {
      name: 'MinPods',
      type: 'string',
      description: 'Fewest pods.',
      value: ({ spec }) => String(spec.minReplicas ?? '<unset>'),
    },
    { name: 'MaxPods', type: 'string', description: 'Most pods.', value: ({ spec }) => spec.maxReplicas },
    { name: 'Replicas', type: 'string', description: 'Pods now.', value: ({ status }) => status?.currentReplicas ?? 0 },
    ageColumn,
  ],
};

const CPU_SHARE: MetricSpec = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
};

function defaults(autoscaler: HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  const { metrics = [] } = sent(autoscaler).spec ?? {};
  const behavior = sent(autoscaler).spec === undefined ? undefined : autoscaler.spec.behavior;
  return {
    ...autoscaler,
    spec: {
      minReplicas: 1,
      ...autoscaler.spec,
      ...(metrics.length === 0 ? { metrics: [CPU_SHARE] } : {}),
      ...(behavior === undefined ? {} : { behavior: completeBehavior(behavior) }),
    },
  };
}

function validate(autoscaler: HorizontalPodAutoscaler, old?: HorizontalPodAutoscaler): readonly FieldError[] {
  const { spec = {} } = sent(autoscaler);
  const { scaleTargetRef, minReplicas = 1, maxReplicas = 0, metrics = [], behavior } = spec;
  return [
    ...broken(
      [minReplicas < 1, invalidValue('spec.minReplicas', minReplicas, 'must be greater than or equal to 1')],
      [maxReplicas < 1, invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than 0')],
      [
        maxReplicas < minReplicas,
        invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'),
      ],
    ),
    ...validateReference('spec.scaleTargetRef', scaleTargetRef),
    ...validateGroup(scaleTargetRef, old),
    ...metrics.flatMap((metric, index) => validateMetric(`spec.metrics[${index}]`, metric)),
    ...validateBehavior('spec.behavior', behavior),
  ];
}

type Target = Sent<HorizontalPodAutoscaler['spec']['scaleTargetRef']>;

const isGroupless = ({ apiVersion = '' }: Target) => !apiVersion.includes('/') || apiVersion === '/';

/** What can be scaled has a group, but for what was before groups; old autoscalers may go on without. */
function validateGroup(target: Target = {}, old: HorizontalPodAutoscaler | undefined): readonly FieldError[] {
  const { apiVersion = '', kind } = target;
  if (kind === 'ReplicationController' || !isGroupless(target)) return [];
  if (old !== undefined && isGroupless(sent(old).spec?.scaleTargetRef ?? {})) return [];
  return [invalidValue('spec.scaleTargetRef.apiVersion', apiVersion, 'apiVersion must specify API group')];
}

function validateStatus({ status }: HorizontalPodAutoscaler): readonly FieldError[] {
  return [
    ...nonNegative('status.currentReplicas', status?.currentReplicas),
    ...nonNegative('status.desiredReplicas', status?.desiredReplicas),
  ];
}

function targetsText({ spec, status }: HorizontalPodAutoscaler): string {
  const { metrics = [] } = spec;
  if (metrics.length === 0) return NONE;
  const texts = metrics.map((metric, index) => targetText(metric, status?.currentMetrics?.[index]));
  const shown = texts.slice(0, 2).join(', ');
  return texts.length > 2 ? `${shown} + ${texts.length - 2} more...` : shown;
}

function targetText(metric: MetricSpec, current: MetricStatus | undefined): string {
  const source = sourceOf(metric);
  if (source === undefined) return '<unknown type>';
  const share = `${measuredText(measuredBy(current))}/${wantedText(source.target)}`;
  return 'name' in source ? `${source.name}: ${share}` : share;
}

function sourceOf({ resource, containerResource, pods, object, external }: MetricSpec) {
  return resource ?? containerResource ?? pods ?? object ?? external;
}

function measuredBy(status: MetricStatus | undefined): MetricValueStatus | undefined {
  if (status === undefined) return undefined;
  const { resource, containerResource, pods, object, external } = status;
  return (resource ?? containerResource ?? pods ?? object ?? external)?.current;
}

function wantedText({ averageUtilization, averageValue, value }: MetricTarget): string {
  if (averageUtilization !== undefined) return `${averageUtilization}%`;
  return averageValue ?? value ?? UNKNOWN;
}

function measuredText(measured: MetricValueStatus | undefined): string {
  if (measured?.averageUtilization !== undefined) return `${measured.averageUtilization}%`;
  return measured?.averageValue ?? measured?.value ?? UNKNOWN;
}
