import { expect, it } from 'vitest';
import { notFound } from '../apimachinery/index.ts';
import { services } from '../apis/index.ts';
import type { Client } from '../client/index.ts';
import { ClientMetrics } from './client-metrics.ts';

const { signal } = new AbortController();
const metric = { namespace: 'shop', metric: 'requests', metricSelector: 'path in (a,b)' };
const group = (name: string, version: string) => ({
  [`/apis/${name}`]: { kind: 'APIGroup', name, preferredVersion: { groupVersion: `${name}/${version}`, version } },
});
const value = (name: string, text: string) => ({
  describedObject: { kind: 'Pod', namespace: 'shop', name, apiVersion: 'v1' },
  metric: { name: 'requests' },
  timestamp: '2026-01-01T12:00:00Z',
  value: text,
});

/** A cluster whose metrics APIs have these answers, by path. */
function metricsOf(answers: Readonly<Record<string, object>>): ClientMetrics {
  const raw = async (path: string) => {
    const answer = answers[decodeURIComponent(path.replaceAll('+', ' '))];
    if (answer === undefined) throw notFound({ group: '', plural: 'metrics' }, path);
    return JSON.stringify(answer);
  };
  // @NOTE nothing else is called for metrics that are not those of resources.
  const client = { raw } as Pick<Client, 'raw'> as Client;
  return new ClientMetrics(client, { ofKind: (_version, kind) => (kind === 'Service' ? services : undefined) });
}

it('asks for a metric of all pods that are selected, in the version that is preferred', async () => {
  const metrics = metricsOf({
    ...group('custom.metrics.k8s.io', 'v1beta2'),
    '/apis/custom.metrics.k8s.io/v1beta2/namespaces/shop/pods/*/requests?labelSelector=app=web&metricLabelSelector=path in (a,b)':
      { items: [value('web-0', '1500m'), { ...value('web-1', '2k'), windowSeconds: 30 }] },
  });
  const usages = await metrics.podMetric({ ...metric, selector: 'app=web' }, signal);
  const at = Date.UTC(2026, 0, 1, 12);
  expect([...usages]).toEqual([
    ['web-0', { value: 1_500, at, windowMs: 60_000 }],
    ['web-1', { value: 2_000_000, at, windowMs: 30_000 }],
  ]);
});

it('asks for a metric of an object by its resource', async () => {
  const metrics = metricsOf({
    ...group('custom.metrics.k8s.io', 'v1beta1'),
    '/apis/custom.metrics.k8s.io/v1beta1/namespaces/shop/services/web/requests?metricLabelSelector=path in (a,b)': {
      items: [value('web', '7')],
    },
  });
  const object = { apiVersion: 'v1', kind: 'Service', name: 'web' };
  expect(await metrics.objectMetric({ ...metric, object }, signal)).toEqual({ value: 7_000 });
  await expect(metrics.objectMetric({ ...metric, object: { kind: 'Other', name: 'a' } }, signal)).rejects.toThrow(
    'no matches for kind "Other" in v1',
  );
});

it('adds up all series of an external metric', async () => {
  const metrics = metricsOf({
    ...group('external.metrics.k8s.io', 'v1beta1'),
    '/apis/external.metrics.k8s.io/v1beta1/namespaces/shop/requests?labelSelector=path in (a,b)': {
      items: [{ metricName: 'requests', metricLabels: { path: 'a' }, value: '3' }, { value: '500m' }],
    },
  });
  expect(await metrics.externalMetric(metric, signal)).toEqual({ value: 3_500 });
});

it('says who is missing, and what cannot be read', async () => {
  await expect(metricsOf({}).externalMetric(metric, signal)).rejects.toThrow(
    'no external metrics API (external.metrics.k8s.io) registered',
  );
  const place = '/apis/external.metrics.k8s.io/v1beta1/namespaces/shop/requests';
  const answering = (answer: object) =>
    metricsOf({ ...group('external.metrics.k8s.io', 'v1beta1'), [place]: answer }).externalMetric(
      { ...metric, metricSelector: '' },
      signal,
    );
  await expect(answering({ items: [] })).rejects.toThrow('no metrics returned from external metrics API');
  await expect(answering({ items: [{ value: 3 }] })).rejects.toThrow('a value that is no quantity');
  await expect(answering({ items: [{ value: 'many' }] })).rejects.toThrow(
    /unable to fetch metrics from external metrics API/,
  );
  await expect(answering({})).rejects.toThrow('the answer is no list of values');
});
