import { withMetadata } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import type {
  AutoscalingV1HorizontalPodAutoscaler,
  AutoscalingV1MetricSpec,
  AutoscalingV1MetricStatus,
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerCondition,
  MetricSpec,
} from '../generated/wire-types.ts';
import { otherVersion } from '../other-version.ts';
import { sent } from '../sent.ts';
import { BEHAVIOR, behaviorOf, behaviorText } from './behavior-annotation.ts';
import { horizontalPodAutoscalers } from './horizontal-pod-autoscaler.ts';
import { parsedList } from './json-annotation.ts';
import { metricFromOld, metricToOld, statusFromOld, statusToOld } from './metric-conversion.ts';

/** What v1 has no field for stands in annotations. */
const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const METRIC_SPEC = 'k8s.io/api/autoscaling/v1.MetricSpec';
const METRIC_STATUS = 'k8s.io/api/autoscaling/v1.MetricStatus';
const CONDITION = 'k8s.io/api/autoscaling/v2.HorizontalPodAutoscalerCondition';

export const autoscalersV1: ResourceDefinition<AutoscalingV1HorizontalPodAutoscaler> = otherVersion<
  HorizontalPodAutoscaler,
  AutoscalingV1HorizontalPodAutoscaler
>(
  horizontalPodAutoscalers,
  {
    group: 'autoscaling',
    version: 'v1',
    kind: 'HorizontalPodAutoscaler',
    schema: 'k8s.io/api/autoscaling/v1.HorizontalPodAutoscaler',
  },
  { fromStored, toStored },
);

function isCpuShare({ type, resource }: MetricSpec): boolean {
  return type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;
}

function fromStored(autoscaler: HorizontalPodAutoscaler): AutoscalingV1HorizontalPodAutoscaler {
  const { metadata, status } = autoscaler;
  const { metrics = [], behavior: _behavior, ...spec } = autoscaler.spec;
  const share = metrics.find(isCpuShare)?.resource?.target.averageUtilization;
  const annotations = { ...metadata.annotations, ...annotationsOf(autoscaler) };
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { ...metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: { ...spec, ...(share === undefined ? {} : { targetCPUUtilizationPercentage: share }) },
    ...(status === undefined ? {} : { status: oldStatusOf(status) }),
  };
}

function annotationsOf({ spec, status }: HorizontalPodAutoscaler): Readonly<Record<string, string>> {
  const others = (spec.metrics ?? []).filter((metric) => !isCpuShare(metric));
  const { currentMetrics = [], conditions = [] } = status ?? {};
  return {
    ...(others.length === 0 ? {} : { [METRICS]: JSON.stringify(others.map(metricToOld)) }),
    ...(currentMetrics.length === 0 ? {} : { [CURRENT_METRICS]: JSON.stringify(currentMetrics.map(statusToOld)) }),
    ...(conditions.length === 0 ? {} : { [CONDITIONS]: JSON.stringify(conditions) }),
    ...(spec.behavior === undefined ? {} : { [BEHAVIOR]: behaviorText(spec.behavior) }),
  };
}

function oldStatusOf({
  currentMetrics = [],
  conditions: _conditions,
  ...status
}: NonNullable<HorizontalPodAutoscaler['status']>): NonNullable<AutoscalingV1HorizontalPodAutoscaler['status']> {
  const share = currentMetrics.find(({ resource }) => resource?.name === 'cpu')?.resource?.current.averageUtilization;
  return {
    currentReplicas: 0,
    ...status,
    ...(share === undefined ? {} : { currentCPUUtilizationPercentage: share }),
  };
}

function toStored(old: AutoscalingV1HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  const {
    [METRICS]: metrics,
    [CURRENT_METRICS]: currentMetrics,
    [CONDITIONS]: conditions,
    [BEHAVIOR]: behavior,
    ...annotations
  } = old.metadata.annotations ?? {};
  // @NOTE a spec that lacks what it needs is refused in its stored form.
  const sentSpec = (sent(old).spec ?? {}) as typeof old.spec;
  const { targetCPUUtilizationPercentage: share, ...spec } = sentSpec;
  // @NOTE each was checked against this type.
  const others = parsedList(METRICS, metrics, METRIC_SPEC) as readonly AutoscalingV1MetricSpec[];
  const all = [...others.map(metricFromOld), ...(share === undefined ? [] : [cpuShare(share)])];
  const object: HorizontalPodAutoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: old.metadata,
    spec: {
      ...spec,
      ...(all.length === 0 ? {} : { metrics: all }),
      ...(behavior === undefined ? {} : { behavior: behaviorOf(behavior) }),
    },
    ...(old.status === undefined ? {} : { status: statusOf(old.status, currentMetrics, conditions) }),
  };
  return old.metadata.annotations === undefined ? object : withMetadata(object, { annotations });
}

function cpuShare(averageUtilization: number): MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}

function statusOf(
  old: NonNullable<AutoscalingV1HorizontalPodAutoscaler['status']>,
  currentMetrics: string | undefined,
  conditions: string | undefined,
): NonNullable<HorizontalPodAutoscaler['status']> {
  const { currentCPUUtilizationPercentage: share, ...status } = old;
  if (currentMetrics === undefined && share !== undefined) {
    const cpu = { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: share } } };
    return { ...status, currentMetrics: [cpu] };
  }
  return {
    ...status,
    ...(currentMetrics === undefined
      ? {}
      : {
          // @NOTE each was checked against this type.
          currentMetrics: (
            parsedList(CURRENT_METRICS, currentMetrics, METRIC_STATUS) as readonly AutoscalingV1MetricStatus[]
          ).map(statusFromOld),
        }),
    ...(conditions === undefined
      ? {}
      : // @NOTE as above.
        { conditions: parsedList(CONDITIONS, conditions, CONDITION) as readonly HorizontalPodAutoscalerCondition[] }),
  };
}
