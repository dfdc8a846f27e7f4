import { expect, it } from 'vitest';
import type { Cluster } from '../apis/index.ts';
import { conditionsAfter, sameStatus, storedVerdict } from './cluster-conditions.ts';
import { judgementOf } from './health-judgement.ts';
import { topologyOf } from './topology.ts';

const t0 = Date.UTC(2026, 0, 1);
const shown = (verdict: Parameters<typeof judgementOf>[0]) =>
  conditionsAfter([], { judgement: judgementOf(verdict) }, t0).map(
    ({ type, status, reason, message }) => `${type}=${status} ${reason ?? ''}: ${message ?? ''}`,
  );

it('says both conditions in the words of Federation v1', () => {
  expect(shown('ready')).toEqual([
    'Ready=True ClusterReady: /healthz responded with ok',
    'Offline=False ClusterReachable: cluster is reachable',
  ]);
  expect(shown('notReady')).toEqual([
    'Ready=False ClusterNotReady: /healthz responded without ok',
    'Offline=False ClusterReachable: cluster is reachable',
  ]);
  expect(shown('offline')).toEqual([
    'Ready=False ClusterNotReachable: cluster is not reachable',
    'Offline=True ClusterNotReachable: cluster is not reachable',
  ]);
});

it('moves the transition time of what changed only', () => {
  const ready = conditionsAfter([], { judgement: judgementOf('ready') }, t0);
  const notReady = conditionsAfter(ready, { judgement: judgementOf('notReady') }, t0 + 5000);
  expect(notReady.map(({ lastProbeTime, lastTransitionTime }) => [lastProbeTime, lastTransitionTime])).toEqual([
    ['2026-01-01T00:00:05Z', '2026-01-01T00:00:05Z'],
    ['2026-01-01T00:00:05Z', '2026-01-01T00:00:00Z'],
  ]);
  const again = conditionsAfter(ready, { judgement: judgementOf('ready') }, t0 + 9000);
  expect(sameStatus({ conditions: ready }, { conditions: again })).toBe(true);
  expect(sameStatus({ conditions: ready }, { conditions: notReady })).toBe(false);
});

it('leaves conditions of other types to those who keep them', () => {
  const other = { type: 'Authorized', status: 'False', message: 'may not list secrets' } as const;
  const after = conditionsAfter([other], { judgement: judgementOf('ready') }, t0);
  expect(after.map(({ type }) => type)).toEqual(['Ready', 'Offline', 'Authorized']);
  expect(after.at(-1)).toEqual(other);
  expect(conditionsAfter(after, { judgement: judgementOf('ready') }, t0)).toEqual(after);
});

it.each(['unknown', 'ready', 'notReady', 'offline'] as const)('reads %s back from a stored status', (verdict) => {
  const cluster: Cluster = {
    apiVersion: 'federation/v1beta1',
    kind: 'Cluster',
    metadata: { name: 'a' },
    status: { conditions: conditionsAfter([], { judgement: judgementOf(verdict) }, t0) },
  };
  expect(storedVerdict(cluster)).toBe(verdict);
});

const node = (labels: Record<string, string>) => ({ metadata: { labels } });

it('reads zones and region from both generations of labels, whether or not every node has them', () => {
  expect(
    topologyOf([
      node({ 'topology.kubernetes.io/zone': 'b', 'topology.kubernetes.io/region': 'r' }),
      node({ 'failure-domain.beta.kubernetes.io/zone': 'a', 'failure-domain.beta.kubernetes.io/region': 'r' }),
      node({ 'topology.kubernetes.io/zone': 'b' }),
      node({}),
    ]),
  ).toEqual({ zones: ['a', 'b'], region: 'r' });
  expect(topologyOf([node({})])).toBeUndefined();
});

it('takes the region of most nodes', () => {
  const region = (name: string) => node({ 'topology.kubernetes.io/region': name });
  expect(topologyOf([region('a'), region('b'), region('b')])?.region).toBe('b');
  expect(topologyOf([region('b'), region('a')])?.region).toBe('a');
});
