import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fnv1 } from '../../src/apimachinery/index.ts';
import { planReplicas, type PlanRequest } from './planner.ts';
import { defaultPreferences, type ReplicaPreferences } from './preferences.ts';

const none = new Map<string, number>();
const four = ['A', 'B', 'C', 'D'];

function plan(request: Partial<PlanRequest>) {
  const { replicas, overflow } = planReplicas({
    total: 0,
    clusters: [],
    current: none,
    capacity: none,
    preferences: defaultPreferences,
    key: 'default/web',
    ...request,
  });
  return { replicas: Object.fromEntries(replicas), overflow: Object.fromEntries(overflow) };
}

const weights = (clusters: Record<string, number>, rebalance = false): ReplicaPreferences => ({
  rebalance,
  clusters: Object.fromEntries(Object.entries(clusters).map(([name, weight]) => [name, { minReplicas: 0, weight }])),
});

it.each([
  ['', 0x811c9dc5],
  ['a', 0x050c5d7e],
  ['foobar', 0x31f0b262],
])('hashes %j as the published FNV-1 vectors say', (text, hash) => {
  expect(fnv1(text)).toBe(hash);
});

it.each([
  [5, [2, 2, 1, 0]],
  [9, [3, 3, 3, 0]],
  [8, [2, 2, 2, 2]],
  [1, [1, 0, 0, 0]],
])('rounds shares up, so that the last in order may go short: %i over four', (total, expected) => {
  const { replicas } = plan({ total, clusters: four });
  expect(Object.values(replicas).sort((a, b) => b - a)).toEqual(expected);
});

it('orders equal clusters by the hash of name and key', () => {
  for (const key of ['default/web', 'default/db', 'x/y', 'prod/api']) {
    const first = [...four].sort((a, b) => fnv1(a + key) - fnv1(b + key))[0];
    expect(plan({ total: 1, clusters: four, key }).replicas[first ?? '']).toBe(1);
  }
});

it('does not put the single replicas of many objects into one cluster', () => {
  const clusters = ['gce-asia-east1', 'gce-europe-west1', 'gce-us-central1', 'gce-us-east1'];
  const counts = new Map<string, number>();
  for (let index = 0; index < 400; index++) {
    const { replicas } = plan({ total: 1, clusters, key: `default/app-${String(index)}` });
    const chosen = clusters.find((name) => replicas[name] === 1) ?? '';
    counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
  }
  expect(counts.size, JSON.stringify([...counts])).toBeGreaterThan(1);
});

it('follows weights', () => {
  const preferences = weights({ A: 1, B: 2 });
  expect(plan({ total: 60, clusters: ['A', 'B'], preferences }).replicas).toEqual({ A: 20, B: 40 });
});

it('gives nothing to clusters that no preference covers', () => {
  expect(plan({ total: 6, clusters: ['A', 'B', 'C'], preferences: weights({ A: 1, B: 1 }) }).replicas).toEqual({
    A: 3,
    B: 3,
    C: 0,
  });
});

it('prefers the entry of a cluster to the one for all', () => {
  const preferences = weights({ '*': 1, A: 0 });
  expect(plan({ total: 6, clusters: ['A', 'B', 'C'], preferences }).replicas).toEqual({ A: 0, B: 3, C: 3 });
});

it('grants minimums first, to the heavier when there is not enough', () => {
  const preferences: ReplicaPreferences = {
    rebalance: true,
    clusters: { A: { minReplicas: 6, weight: 1 }, B: { minReplicas: 6, weight: 2 } },
  };
  expect(plan({ total: 8, clusters: ['A', 'B'], preferences }).replicas).toEqual({ A: 2, B: 6 });
  expect(plan({ total: 24, clusters: ['A', 'B'], preferences }).replicas).toEqual({ A: 10, B: 14 });
});

it('stops at maximums and leaves the rest unplaced', () => {
  const preferences: ReplicaPreferences = {
    rebalance: true,
    clusters: { '*': { minReplicas: 0, maxReplicas: 3, weight: 1 } },
  };
  expect(plan({ total: 10, clusters: ['A', 'B'], preferences }).replicas).toEqual({ A: 3, B: 3 });
});

it('hands what a full cluster cannot run to the others and asks for it there too when rebalancing', () => {
  const request = { total: 50, clusters: ['A', 'B', 'C'], capacity: new Map([['A', 5]]) };
  const result = plan({ ...request, preferences: weights({ '*': 1 }, true) });
  expect(result.replicas['A']).toBe(5);
  expect(result.replicas['B']! + result.replicas['C']!).toBe(45);
  expect(result.overflow['A']).toBeGreaterThan(0);
});

it('caps overflow at what found no place when not rebalancing', () => {
  const capacity = new Map([
    ['A', 5],
    ['B', 6],
  ]);
  const result = plan({ total: 20, clusters: ['A', 'B'], capacity });
  expect(result.replicas).toEqual({ A: 5, B: 6 });
  expect(result.overflow['A']).toBeLessThanOrEqual(9);
  expect(plan({ total: 11, clusters: ['A', 'B'], capacity }).overflow).toEqual({});
});

it('leaves running replicas alone unless asked to rebalance', () => {
  const current = new Map([
    ['A', 10],
    ['B', 70],
  ]);
  const clusters = ['A', 'B'];
  const rebalanced = plan({ total: 50, clusters, current, preferences: weights({ A: 1, B: 1 }, true) });
  expect(rebalanced.replicas).toEqual({ A: 25, B: 25 });
  expect(plan({ total: 80, clusters, current, preferences: weights({ A: 1, B: 1 }) }).replicas).toEqual({
    A: 10,
    B: 70,
  });
});

it('gives back none of what was preallocated: existing 10 and 70 with 50 in all serve the first in order first', () => {
  const current = new Map([
    ['A', 10],
    ['B', 70],
  ]);
  const preferences = weights({ A: 1, B: 2 });
  expect(plan({ total: 50, clusters: ['A', 'B'], current, preferences }).replicas).toEqual({ A: 0, B: 50 });
});

const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), { minLength: 1 });
const counts = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), fc.nat(40));
const preference = fc
  .record({ minReplicas: fc.nat(20), extra: fc.option(fc.nat(30), { nil: undefined }), weight: fc.nat(10) })
  .map(({ minReplicas, extra, weight }) =>
    extra === undefined ? { minReplicas, weight } : { minReplicas, maxReplicas: minReplicas + extra, weight },
  );
const requests = fc.record({
  total: fc.nat(200),
  clusters: names,
  current: counts.map((object) => new Map(Object.entries(object))),
  capacity: counts.map((object) => new Map(Object.entries(object))),
  preferences: fc.record({
    rebalance: fc.boolean(),
    clusters: fc.dictionary(fc.constantFrom('*', 'a', 'b', 'c'), preference),
  }),
  key: fc.constantFrom('x/y', 'default/web'),
});

it('never places more than asked, nor beyond a maximum or a capacity, and says something of every cluster', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const { replicas, overflow } = planReplicas(request);
      let sum = 0;
      for (const cluster of request.clusters) {
        const placed = replicas.get(cluster) ?? -1;
        const wanted = request.preferences.clusters[cluster] ?? request.preferences.clusters['*'];
        expect(placed).toBeGreaterThanOrEqual(0);
        expect(placed).toBeLessThanOrEqual(request.capacity.get(cluster) ?? Infinity);
        expect(placed).toBeLessThanOrEqual(wanted === undefined ? 0 : (wanted.maxReplicas ?? Infinity));
        sum += placed;
      }
      expect(replicas.size).toBe(request.clusters.length);
      expect(sum).toBeLessThanOrEqual(request.total);
      if (!request.preferences.rebalance) {
        for (const extra of overflow.values()) expect(extra).toBeLessThanOrEqual(request.total - sum);
      }
    }),
  );
});

it('places everything when nothing limits it', () => {
  fc.assert(
    fc.property(fc.nat(500), names, counts, (total, clusters, current) => {
      const { replicas } = plan({ total, clusters, current: new Map(Object.entries(current)) });
      expect(Object.values(replicas).reduce((sum, count) => sum + count, 0)).toBe(total);
    }),
  );
});

it('does not depend on the order in which clusters are told', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const reversed = planReplicas({ ...request, clusters: [...request.clusters].reverse() });
      expect(Object.fromEntries(reversed.replicas)).toEqual(Object.fromEntries(planReplicas(request).replicas));
    }),
  );
});

it('is stable: what a plan produced is planned again when it runs', () => {
  fc.assert(
    fc.property(fc.nat(200), names, (total, clusters) => {
      const first = planReplicas({
        total,
        clusters,
        current: none,
        capacity: none,
        preferences: defaultPreferences,
        key: 'x/y',
      });
      const again = planReplicas({
        total,
        clusters,
        current: first.replicas,
        capacity: none,
        preferences: defaultPreferences,
        key: 'x/y',
      });
      expect(Object.fromEntries(again.replicas)).toEqual(Object.fromEntries(first.replicas));
    }),
  );
});
