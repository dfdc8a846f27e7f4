import { expect, it } from 'vitest';
import { isStatusError, type KubeObject } from '../apimachinery/index.ts';
import type { ResourceDefinition } from '../apiserver/index.ts';
import { autoscalersV1 } from './autoscaling/autoscaler-v1.ts';
import { events } from './core/event.ts';
import { eventsV1 } from './events/event.ts';
import type { Event } from './generated/wire-types.ts';

const metadata = { name: 'a', namespace: 'x', uid: 'u' };

async function through(
  { storedAs }: ResourceDefinition,
  direction: 'fromStored' | 'toStored',
  object: KubeObject,
): Promise<KubeObject> {
  const [converted] = (await storedAs?.[direction]([object])) ?? [];
  return converted ?? expect.unreachable();
}

const autoscaler = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { ...metadata, annotations: { mine: 'kept' } },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    minReplicas: 2,
    maxReplicas: 9,
    metrics: [
      { type: 'Pods', pods: { metric: { name: 'qps' }, target: { type: 'AverageValue', averageValue: '10' } } },
      {
        type: 'Object',
        object: {
          describedObject: { kind: 'Ingress', name: 'i' },
          metric: { name: 'hits', selector: { matchLabels: { a: 'b' } } },
          target: { type: 'Value', value: '2k' },
        },
      },
      {
        type: 'External',
        external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } },
      },
      {
        type: 'ContainerResource',
        containerResource: { name: 'memory', container: 'c', target: { type: 'Utilization', averageUtilization: 60 } },
      },
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
    ],
    behavior: {
      scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
    },
  },
  status: {
    currentReplicas: 3,
    desiredReplicas: 4,
    currentMetrics: [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 70, averageValue: '350m' } } },
      { type: 'Pods', pods: { metric: { name: 'qps' }, current: { averageValue: '12' } } },
    ],
    conditions: [{ type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale' }],
  },
};

it('writes an autoscaler in v1 and loses nothing', async () => {
  const old = await through(autoscalersV1, 'fromStored', autoscaler);
  expect(old).toMatchObject({
    apiVersion: 'autoscaling/v1',
    spec: { minReplicas: 2, maxReplicas: 9, targetCPUUtilizationPercentage: 50 },
    status: { currentReplicas: 3, desiredReplicas: 4, currentCPUUtilizationPercentage: 70 },
  });
  const annotations = old.metadata.annotations ?? {};
  expect(JSON.parse(annotations['autoscaling.alpha.kubernetes.io/metrics'] ?? '')).toContainEqual({
    type: 'Pods',
    pods: { metricName: 'qps', targetAverageValue: '10' },
  });
  expect(JSON.parse(annotations['autoscaling.alpha.kubernetes.io/behavior'] ?? '')).toEqual({
    ScaleDown: { StabilizationWindowSeconds: 0, Policies: [{ Type: 'Pods', Value: 1, PeriodSeconds: 60 }] },
  });
  expect(Object.keys(annotations).sort()).toEqual([
    'autoscaling.alpha.kubernetes.io/behavior',
    'autoscaling.alpha.kubernetes.io/conditions',
    'autoscaling.alpha.kubernetes.io/current-metrics',
    'autoscaling.alpha.kubernetes.io/metrics',
    'mine',
  ]);
  expect(await through(autoscalersV1, 'toStored', old)).toEqual(autoscaler);
});

it('refuses an annotation that is no JSON', async () => {
  const old = await through(autoscalersV1, 'fromStored', autoscaler);
  const annotations = { 'autoscaling.alpha.kubernetes.io/metrics': '[' };
  await expect(
    through(autoscalersV1, 'toStored', { ...old, metadata: { ...metadata, annotations } }),
  ).rejects.toSatisfy((err: unknown) => isStatusError(err) && err.status.code === 400);
});

const event = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata,
  involvedObject: { kind: 'Pod', namespace: 'x', name: 'p' },
  reason: 'Started',
  message: 'Started it',
  source: { component: 'kubelet', host: 'n' },
  firstTimestamp: '2026-01-01T00:00:00Z',
  lastTimestamp: '2026-01-01T00:00:00Z',
  count: 2,
  type: 'Normal',
  reportingComponent: 'kubelet',
  reportingInstance: 'n',
};

it('shows an event by its new names and loses nothing', async () => {
  const shown = await through(eventsV1, 'fromStored', event);
  expect(shown).toMatchObject({
    apiVersion: 'events.k8s.io/v1',
    regarding: { kind: 'Pod', name: 'p' },
    note: 'Started it',
    deprecatedSource: { component: 'kubelet' },
    deprecatedCount: 2,
    reportingController: 'kubelet',
  });
  expect(shown).not.toHaveProperty('involvedObject');
  expect(await through(eventsV1, 'toStored', shown)).toEqual(event);
  expect(Object.keys(eventsV1.fieldSelectors ?? {})).toEqual(
    expect.arrayContaining(['regarding.name', 'reportingController', 'reason']),
  );
});

it('finds an event by who reports it when it names no source', () => {
  const source = (found: Event) => events.fieldSelectors?.['source']?.(found);
  expect(source(event)).toBe('kubelet');
  expect(source({ ...event, source: { component: '' }, reportingComponent: 'test' })).toBe('test');
});

it('asks more of a new event than core/v1 does', async () => {
  const fresh = { apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name: 'a', namespace: 'x' } };
  await expect(through(eventsV1, 'toStored', fresh)).rejects.toThrow(/eventTime: Required value/);
});
