import { metricFromOld, metricToOld, statusFromOld, statusToOld } from '../autoscaling/metric-conversion.ts';
import { BEHAVIOR, behaviorOf, behaviorText } from '../autoscaling/behavior-annotation.ts';
import type { HorizontalPodAutoscalerBehavior } from '../generated/wire-types.ts';
import { at, changed, fieldsOf, isEmpty, present, textOf, without, type Fields } from './fields.ts';
import { renamed, type LegacyKind } from './legacy-kind.ts';

const modern = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };

function mapped(value: unknown, convert: (item: never) => unknown): readonly unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  // @NOTE whoever sent the object is told by its schema, before or after, when the items are something else.
  return value.map((item: unknown) => convert(item as never));
}

function betaToModern(object: Fields): Fields {
  const withSpec = changed(object, 'spec', ({ metrics, ...spec }) =>
    present({ ...spec, metrics: mapped(metrics, metricFromOld) }),
  );
  const withStatus = changed(withSpec, 'status', ({ currentMetrics, ...status }) =>
    present({
      ...status,
      currentMetrics: mapped(currentMetrics, statusFromOld),
    }),
  );
  return behaviorToModern(withStatus);
}

function behaviorToModern(object: Fields): Fields {
  const text = at(object, 'metadata', 'annotations', BEHAVIOR);
  if (text === undefined) return object;
  const withSpec = changed(object, 'spec', (spec) => ({ ...spec, behavior: behaviorOf(textOf(text)) }));
  return changed(withSpec, 'metadata', (metadata) => {
    const annotations = without(fieldsOf(metadata['annotations']), BEHAVIOR);
    return isEmpty(annotations) ? without(metadata, 'annotations') : { ...metadata, annotations };
  });
}

function behaviorFromModern(object: Fields): Fields {
  const behavior = at(object, 'spec', 'behavior');
  if (behavior === undefined) return object;
  const metadata = fieldsOf(object['metadata']);
  // @NOTE whoever made the object was told by its schema if that is something else.
  const text = behaviorText(behavior as HorizontalPodAutoscalerBehavior);
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...fieldsOf(metadata['annotations']), [BEHAVIOR]: text } },
  };
}

function betaFromModern(object: Fields): Fields {
  const withSpec = changed(behaviorFromModern(object), 'spec', ({ metrics, behavior: _behavior, ...spec }) =>
    present({ ...spec, metrics: mapped(metrics, metricToOld) }),
  );
  return changed(withSpec, 'status', ({ currentMetrics, ...status }) =>
    present({
      ...status,
      currentMetrics: mapped(currentMetrics, statusToOld),
    }),
  );
}

const cpu = (part: Fields): Fields => ({ type: 'Resource', resource: { name: 'cpu', ...part } });

/** The first one knew nothing but CPU. */
function firstToModern(object: Fields): Fields {
  const withSpec = changed(object, 'spec', ({ scaleRef, cpuUtilization, ...spec }) => {
    const { subresource: _subresource, ...target } = fieldsOf(scaleRef);
    const share = at(cpuUtilization, 'targetPercentage');
    return present({
      ...spec,
      scaleTargetRef: isEmpty(target) ? undefined : target,
      metrics: share === undefined ? undefined : [cpu({ target: { type: 'Utilization', averageUtilization: share } })],
    });
  });
  return changed(withSpec, 'status', ({ currentCPUUtilizationPercentage: share, ...status }) =>
    present({
      ...status,
      currentMetrics: share === undefined ? undefined : [cpu({ current: { averageUtilization: share } })],
    }),
  );
}

export const legacyAutoscalers: readonly LegacyKind[] = [
  {
    apiVersion: 'autoscaling/v2beta1',
    kind: 'HorizontalPodAutoscaler',
    modern,
    toModern: betaToModern,
    fromModern: betaFromModern,
  },
  ...renamed('autoscaling/v2beta2', modern.apiVersion, [modern.kind]),
  { apiVersion: 'extensions/v1beta1', kind: 'HorizontalPodAutoscaler', modern, toModern: firstToModern },
];
