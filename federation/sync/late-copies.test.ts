import { expect, it } from 'vitest';
import type { ConfigMap } from '../../src/apis/index.ts';
import { FakeClock } from '../../src/component-base/index.ts';
import type { Cluster } from '../apis/index.ts';
import { LateCopies } from './late-copies.ts';
import type { Placement } from './placements.ts';
import { TroubledCopies } from './troubled-copies.ts';

const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'settings' } };
const present: Placement = { kind: 'present', share: {} };
const T0 = Date.UTC(2026, 0, 1);

function world(offline: readonly string[], count = 3) {
  const clock = new FakeClock(T0);
  const troubled = new TroubledCopies(clock);
  const names = Array.from({ length: count }, (_, index) => `c${String(index).padStart(2, '0')}`);
  const clusterOf = (name: string): Cluster => ({
    apiVersion: 'federation/v1beta1',
    kind: 'Cluster',
    metadata: { name },
    status: { conditions: [{ type: 'Offline', status: offline.includes(name) ? 'True' : 'False' }] },
  });
  const lacking = new Set(names);
  const late = new LateCopies<ConfigMap>({
    clusters: {
      lister: {
        get: (name) => (names.includes(name) ? clusterOf(name) : undefined),
        list: () => names.map(clusterOf),
        byIndex: () => [],
      },
    },
    troubled,
    isSettled: (name) => !lacking.has(name),
    mayHold: (name) => lacking.has(name),
    clock,
  });
  const placements = new Map(names.map((name) => [name, present]));
  return { clock, troubled, late, lacking, placements };
}

it('tells what a cluster out of sight lacks, from when it has lacked it for a while', async () => {
  const { clock, late, lacking, placements } = world(['c01']);
  expect(late.of(object, placements)).toEqual({ reviewAfterMs: 30_000 });
  await clock.advance(30_000);
  const record = { 'is out of sight': { c01: '2026-01-01T00:00:00Z' } };
  expect(late.of(object, placements)).toEqual({ record });
  expect(late.of(object, new Map([['c01', { kind: 'absent' }]]))).toEqual({ record });
  lacking.delete('c01');
  expect(late.of(object, placements)).toEqual({});
  lacking.add('c01');
  expect(late.of(object, placements)).toEqual({ reviewAfterMs: 30_000 });
});

it('goes on from what was recorded before', () => {
  const { late, placements } = world(['c01']);
  const record = { 'is out of sight': { c01: '2025-12-31T00:00:00Z' } };
  expect(late.of(object, placements, record)).toEqual({ record });
});

it('tells what is the matter with copies in clusters that can be seen', async () => {
  const { clock, late, troubled, placements } = world([]);
  troubled.note('c00', 'shop/settings', 'conflict');
  troubled.note('c02', 'shop/settings', 'failed');
  await clock.advance(60_000);
  troubled.note('c02', 'shop/settings', undefined);
  troubled.note('c01', 'shop/settings', 'drift');
  expect(late.of(object, placements)).toEqual({
    record: { 'has another object of that name, which is not ours': { c00: '2026-01-01T00:00:00Z' } },
    reviewAfterMs: 30_000,
  });
});

it('names the first of many', async () => {
  const names = Array.from({ length: 25 }, (_, index) => `c${String(index).padStart(2, '0')}`);
  const { clock, late, placements } = world(names, 25);
  late.of(object, placements);
  await clock.advance(30_000);
  const told = late.of(object, placements).record?.['is out of sight'] ?? {};
  expect(Object.keys(told)).toHaveLength(21);
  expect(told['and 5 more']).toBe('2026-01-01T00:00:00Z');
});
