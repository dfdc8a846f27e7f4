import { expect, it } from 'vitest';
import type { LoadBalancerIngress, Service } from '../../src/apis/index.ts';
import { withShardStatus } from './service-status.ts';
import type { ShardState } from './shard-health.ts';
import { capacityNote, leastBad, parseShardNotes } from './shard-notes.ts';

const service: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'nginx', namespace: 'shop' },
  spec: { type: 'LoadBalancer' },
};
const at = (ip: string): readonly LoadBalancerIngress[] => [{ ip }];
const after = (before: Service, states: Record<string, ShardState>) =>
  withShardStatus(before, new Map(Object.entries(states)));
const notesOf = (of: Service) => Object.fromEntries(parseShardNotes(of));

const healthy: ShardState = {
  kind: 'known',
  ingress: at('198.51.100.1'),
  healthy: true,
  endpoints: { ready: 3, total: 6 },
};
const notReady: ShardState = {
  kind: 'known',
  ingress: at('198.51.100.2'),
  healthy: false,
  endpoints: { ready: 0, total: 2 },
};
const lost = (ingress: readonly LoadBalancerIngress[]): ShardState => ({
  kind: 'leftOut',
  why: 'lost',
  seen: { kind: 'unsettled', ingress },
});

it('notes of each shard how it is, and where it was when it cannot be used', () => {
  const next = after(service, {
    asia: notReady,
    europe: { kind: 'known', ingress: [], healthy: false },
    us: healthy,
    away: lost(at('198.51.100.4')),
    new: { kind: 'unsettled', ingress: [] },
  });
  expect(notesOf(next)).toEqual({
    asia: { verdict: 'notReady', addresses: ['198.51.100.2'] },
    away: { verdict: 'lost', addresses: ['198.51.100.4'] },
    europe: { verdict: 'noAddress' },
    new: { verdict: 'unsettled' },
    us: { verdict: 'healthy', ready: 3, capacity: 0.75 },
  });
});

it('remembers where a lost shard was, and how one was that has not told yet', () => {
  const before = after(service, { us: healthy, away: lost(at('198.51.100.4')) });
  const next = after(before, { us: { kind: 'unsettled', ingress: at('198.51.100.1') }, away: lost([]) });
  expect(notesOf(next)).toEqual({
    away: { verdict: 'lost', addresses: ['198.51.100.4'] },
    us: { verdict: 'healthy', ready: 3, capacity: 0.75 },
  });
});

it('takes back what it noted when clients no longer come by shards', () => {
  const { annotations = {} } = after(
    { ...after(service, { us: healthy }), spec: { type: 'ClusterIP' } },
    { us: healthy },
  ).metadata;
  expect(annotations['federation.koinon.dev/shards']).toBe('{}');
});

it.each([
  [0, 4, 0, 0],
  [1, 4, 1, 0.375],
  [3, 4, 3, undefined],
  [7, 8, 6, undefined],
  [100, 100, 96, undefined],
  [0, 0, 0, undefined],
])('notes %i ready of %i roughly, and capacity only where it is short', (ready, total, told, capacity) => {
  expect(capacityNote({ ready, total })).toEqual({ ready: told, ...(capacity === undefined ? {} : { capacity }) });
});

it('prefers what was healthy when it was last seen to what is known not to be ready', () => {
  const of = (states: Record<string, ShardState>) => leastBad(parseShardNotes(after(service, states)));
  expect(of({ asia: notReady, away: lost(at('198.51.100.4')) })).toEqual([
    { cluster: 'away', addresses: ['198.51.100.4'] },
  ]);
  expect(of({ asia: notReady, away: lost([]) })).toEqual([{ cluster: 'asia', addresses: ['198.51.100.2'] }]);
  expect(of({ away: lost([]) })).toEqual([]);
});

it.each(['', 'null', '[]', '{"a":{}}', '{"a":{"verdict":"well"}}', '{"a":1}'])('reads nothing from %j', (text) => {
  const metadata = { name: 'nginx', annotations: { 'federation.koinon.dev/shards': text } };
  expect(parseShardNotes({ metadata }).size).toBe(0);
});
