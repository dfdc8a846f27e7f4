import { expect, it } from 'vitest';
import type { HorizontalPodAutoscaler, MetricSpec, Pod } from '../apis/index.ts';
import type { MetricInput } from './metric-input.ts';
import { proposalFor } from './metric-proposal.ts';
import type { Measured, MetricsSource } from './metrics-source.ts';

const { signal } = new AbortController();
const metadata = { namespace: 'shop', name: 'web' };
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const autoscaler: HorizontalPodAutoscaler = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata,
  spec: { maxReplicas: 20, scaleTargetRef },
};
const metric = { name: 'queue' };
const describedObject = { kind: 'Service', name: 'web' };

const pod = (index: number, ready: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `web-${index}` },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready }] },
});

function input(replicas: number, measured: Measured): MetricInput {
  const answer = () => Promise.resolve(measured);
  // @NOTE pods are asked nothing for these metrics.
  const metrics = { objectMetric: answer, externalMetric: answer } as Partial<MetricsSource> as MetricsSource;
  const scale = {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata,
    spec: { replicas },
    status: { replicas, selector: 'app=web' },
  };
  const pods = [...Array.from({ length: replicas }, (_, index) => pod(index, 'True')), pod(replicas, 'False')];
  return { metrics, autoscaler, scale, pods, now: 0 };
}

const value = (text: string): MetricSpec => ({
  type: 'Object',
  object: { metric, describedObject, target: { type: 'Value', value: text } },
});
const each = (text: string): MetricSpec => ({
  type: 'External',
  external: { metric, target: { type: 'AverageValue', averageValue: text } },
});

it.each<[string, number, Measured, MetricSpec, number]>([
  ['by the ratio, of those that are ready', 4, { value: 30_000 }, value('20'), 6],
  ['not for a little', 4, { value: 21_000 }, value('20'), 4],
  ['from none', 0, { value: 30_000 }, value('20'), 2],
  ['down', 4, { value: 10_000 }, value('20'), 2],
  ['not down where a part is missing', 4, { value: 10_000, isPartial: true }, value('20'), 4],
  ['up even where a part is missing', 4, { value: 30_000, isPartial: true }, value('20'), 6],
  ['as many as share the value', 4, { value: 100_000 }, each('10'), 10],
  ['not for a little, when it is shared', 4, { value: 41_000 }, each('10'), 4],
  ['as many as share the value, from none', 0, { value: 25_000 }, each('10'), 3],
])('scales %s', async (_how, replicas, measured, spec, expected) => {
  expect(await proposalFor(input(replicas, measured), spec, signal)).toMatchObject({ replicas: expected });
});

it('tells what it found', async () => {
  expect(await proposalFor(input(4, { value: 30_000 }), value('20'), signal)).toMatchObject({
    name: 'Service metric queue',
    status: { type: 'Object', object: { describedObject, metric, current: { value: '30' } } },
  });
  expect(await proposalFor(input(4, { value: 30_000 }), each('20'), signal)).toMatchObject({
    name: 'external metric queue(nil)',
    status: { type: 'External', external: { metric, current: { averageValue: '7500m' } } },
  });
});
