import type {
  AutoscalingV1MetricSpec,
  AutoscalingV1MetricStatus,
  MetricSpec,
  MetricStatus,
  MetricTarget,
} from '../generated/wire-types.ts';

/** Metrics as versions before v2beta2 write them: one field for each way to say how much. */

export function metricToOld(metric: MetricSpec): AutoscalingV1MetricSpec {
  const { type, object, pods, resource, containerResource, external } = metric;
  return {
    type,
    ...(object === undefined
      ? {}
      : {
          object: {
            target: object.describedObject,
            metricName: object.metric.name,
            targetValue: object.target.value ?? '0',
            ...selectorOf(object.metric),
            ...(object.target.averageValue === undefined ? {} : { averageValue: object.target.averageValue }),
          },
        }),
    ...(pods === undefined
      ? {}
      : {
          pods: {
            metricName: pods.metric.name,
            targetAverageValue: pods.target.averageValue ?? '0',
            ...selectorOf(pods.metric),
          },
        }),
    ...(resource === undefined ? {} : { resource: { name: resource.name, ...shareToOld(resource.target) } }),
    ...(containerResource === undefined
      ? {}
      : {
          containerResource: {
            name: containerResource.name,
            container: containerResource.container,
            ...shareToOld(containerResource.target),
          },
        }),
    ...(external === undefined
      ? {}
      : {
          external: {
            metricName: external.metric.name,
            ...(external.metric.selector === undefined ? {} : { metricSelector: external.metric.selector }),
            ...(external.target.value === undefined ? {} : { targetValue: external.target.value }),
            ...(external.target.averageValue === undefined ? {} : { targetAverageValue: external.target.averageValue }),
          },
        }),
  };
}

export function metricFromOld(metric: AutoscalingV1MetricSpec): MetricSpec {
  const { type, object, pods, resource, containerResource, external } = metric;
  return {
    type,
    ...(object === undefined
      ? {}
      : {
          object: {
            describedObject: object.target,
            metric: { name: object.metricName, ...selectorOf(object) },
            target:
              object.averageValue === undefined
                ? { type: 'Value', value: object.targetValue }
                : { type: 'AverageValue', averageValue: object.averageValue },
          },
        }),
    ...(pods === undefined
      ? {}
      : {
          pods: {
            metric: { name: pods.metricName, ...selectorOf(pods) },
            target: { type: 'AverageValue', averageValue: pods.targetAverageValue },
          },
        }),
    ...(resource === undefined ? {} : { resource: { name: resource.name, target: shareFromOld(resource) } }),
    ...(containerResource === undefined
      ? {}
      : {
          containerResource: {
            name: containerResource.name,
            container: containerResource.container,
            target: shareFromOld(containerResource),
          },
        }),
    ...(external === undefined
      ? {}
      : {
          external: {
            metric: {
              name: external.metricName,
              ...(external.metricSelector === undefined ? {} : { selector: external.metricSelector }),
            },
            target:
              external.targetValue === undefined
                ? { type: 'AverageValue', averageValue: external.targetAverageValue ?? '0' }
                : { type: 'Value', value: external.targetValue },
          },
        }),
  };
}

export function statusToOld(status: MetricStatus): AutoscalingV1MetricStatus {
  const { type, object, pods, resource, containerResource, external } = status;
  return {
    type,
    ...(object === undefined
      ? {}
      : {
          object: {
            target: object.describedObject,
            metricName: object.metric.name,
            currentValue: object.current.value ?? '0',
            ...selectorOf(object.metric),
            ...(object.current.averageValue === undefined ? {} : { averageValue: object.current.averageValue }),
          },
        }),
    ...(pods === undefined
      ? {}
      : {
          pods: {
            metricName: pods.metric.name,
            currentAverageValue: pods.current.averageValue ?? '0',
            ...selectorOf(pods.metric),
          },
        }),
    ...(resource === undefined ? {} : { resource: { name: resource.name, ...currentToOld(resource.current) } }),
    ...(containerResource === undefined
      ? {}
      : {
          containerResource: {
            name: containerResource.name,
            container: containerResource.container,
            ...currentToOld(containerResource.current),
          },
        }),
    ...(external === undefined
      ? {}
      : {
          external: {
            metricName: external.metric.name,
            currentValue: external.current.value ?? '0',
            ...(external.metric.selector === undefined ? {} : { metricSelector: external.metric.selector }),
            ...(external.current.averageValue === undefined
              ? {}
              : { currentAverageValue: external.current.averageValue }),
          },
        }),
  };
}

export function statusFromOld(status: AutoscalingV1MetricStatus): MetricStatus {
  const { type, object, pods, resource, containerResource, external } = status;
  return {
    type,
    ...(object === undefined
      ? {}
      : {
          object: {
            describedObject: object.target,
            metric: { name: object.metricName, ...selectorOf(object) },
            current: {
              value: object.currentValue,
              ...(object.averageValue === undefined ? {} : { averageValue: object.averageValue }),
            },
          },
        }),
    ...(pods === undefined
      ? {}
      : {
          pods: {
            metric: { name: pods.metricName, ...selectorOf(pods) },
            current: { averageValue: pods.currentAverageValue },
          },
        }),
    ...(resource === undefined ? {} : { resource: { name: resource.name, current: currentFromOld(resource) } }),
    ...(containerResource === undefined
      ? {}
      : {
          containerResource: {
            name: containerResource.name,
            container: containerResource.container,
            current: currentFromOld(containerResource),
          },
        }),
    ...(external === undefined
      ? {}
      : {
          external: {
            metric: {
              name: external.metricName,
              ...(external.metricSelector === undefined ? {} : { selector: external.metricSelector }),
            },
            current: {
              value: external.currentValue,
              ...(external.currentAverageValue === undefined ? {} : { averageValue: external.currentAverageValue }),
            },
          },
        }),
  };
}

function selectorOf<S>({ selector }: { readonly selector?: S }): { readonly selector?: S } {
  return selector === undefined ? {} : { selector };
}

function shareToOld({ averageUtilization, averageValue }: MetricTarget) {
  return {
    ...(averageUtilization === undefined ? {} : { targetAverageUtilization: averageUtilization }),
    ...(averageValue === undefined ? {} : { targetAverageValue: averageValue }),
  };
}

interface OldShare {
  readonly targetAverageUtilization?: number;
  readonly targetAverageValue?: string;
}

function shareFromOld({ targetAverageUtilization, targetAverageValue }: OldShare): MetricTarget {
  if (targetAverageUtilization !== undefined) {
    return { type: 'Utilization', averageUtilization: targetAverageUtilization };
  }
  return { type: 'AverageValue', averageValue: targetAverageValue ?? '0' };
}

function currentToOld(current: { readonly averageUtilization?: number; readonly averageValue?: string }) {
  return {
    currentAverageValue: current.averageValue ?? '0',
    ...(current.averageUtilization === undefined ? {} : { currentAverageUtilization: current.averageUtilization }),
  };
}

function currentFromOld(old: { readonly currentAverageUtilization?: number; readonly currentAverageValue: string }) {
  return {
    averageValue: old.currentAverageValue,
    ...(old.currentAverageUtilization === undefined ? {} : { averageUtilization: old.currentAverageUtilization }),
  };
}
