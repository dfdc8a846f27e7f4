import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Cluster, ReplicaScheduling } from '../apis/index.ts';
import { freeRoom } from './free-room.ts';
import { planDivision, type DivisionRequest } from './plan-division.ts';

const cluster = (name: string, status: Cluster['status'] = {}): Cluster => ({
  apiVersion: 'federation/v1beta1',
  kind: 'Cluster',
  metadata: { name },
  status,
});
const [a, b, c] = [cluster('a'), cluster('b'), cluster('c')];
const none = new Map<string, number>();
const divide = (total: number, request: Partial<DivisionRequest> = {}) =>
  Object.fromEntries(
    planDivision({
      total,
      groups: [[a, b]],
      scheduling: {},
      fixed: none,
      limits: none,
      room: none,
      key: 'k',
      ...request,
    }),
  );
const weights = (
  ...list: readonly (readonly [string, number, number?, (number | undefined)?])[]
): ReplicaScheduling => ({
  weightPreference: {
    staticWeightList: list.map(([name, weight, minReplicas = 0, maxReplicas]) => ({
      targetCluster: { clusterNames: [name] },
      weight,
      minReplicas,
      ...(maxReplicas === undefined ? {} : { maxReplicas }),
    })),
  },
});

it.each<[string, Record<string, number>, Record<string, number>]>([
  ['evenly', divide(6), { a: 3, b: 3 }],
  ['by weight', divide(6, { scheduling: weights(['a', 2], ['b', 1]) }), { a: 4, b: 2 }],
  ['to those named only', divide(6, { scheduling: weights(['a', 1]) }), { a: 6, b: 0 }],
  ['with a minimum', divide(6, { scheduling: weights(['a', 9], ['b', 1, 2]) }), { a: 4, b: 2 }],
  ['with a maximum', divide(6, { scheduling: weights(['a', 9, 0, 1], ['b', 1]) }), { a: 1, b: 5 }],
  ['around what an override fixes', divide(6, { fixed: new Map([['a', 1]]) }), { a: 1, b: 5 }],
  ['around what is cordoned', divide(6, { limits: new Map([['a', 1]]) }), { a: 1, b: 5 }],
  ['around what is full', divide(6, { room: new Map([['a', 1]]) }), { a: 1, b: 5 }],
  ['into the next group', divide(6, { groups: [[a], [b, c]], room: new Map([['a', 2]]) }), { a: 2, b: 2, c: 2 }],
  ['into the first group alone', divide(6, { groups: [[a], [b, c]] }), { a: 6, b: 0, c: 0 }],
  [
    'beyond what there is room for',
    divide(6, {
      groups: [[a], [b]],
      room: new Map([
        ['a', 2],
        ['b', 1],
      ]),
    }),
    { a: 2, b: 4 },
  ],
  [
    'beyond room, not beyond a maximum',
    divide(6, {
      scheduling: weights(['a', 1], ['b', 1, 0, 2]),
      room: new Map([
        ['a', 1],
        ['b', 1],
      ]),
    }),
    { a: 4, b: 2 },
  ],
])('divides %s', (_name, actual, expected) => {
  expect(actual).toEqual(expected);
});

it('divides by what there is room for', () => {
  const scheduling: ReplicaScheduling = { weightPreference: { dynamicWeight: 'AvailableReplicas' } };
  expect(
    divide(4, {
      scheduling,
      room: new Map([
        ['a', 9],
        ['b', 3],
      ]),
    }),
  ).toEqual({ a: 3, b: 1 });
  expect(
    divide(9, {
      scheduling,
      groups: [[a, b, c]],
      room: new Map([
        ['a', 4],
        ['b', 2],
      ]),
    }),
  ).toEqual({ a: 4, b: 2, c: 3 });
});

it('knows what there is room for by requests', () => {
  const pod = (requests: Record<string, string>) => ({
    containers: [{ name: 'c', image: 'i', resources: { requests } }],
  });
  const member = cluster('a', {
    allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
    requested: { cpu: '1500m', memory: '2Gi', pods: '100' },
  });
  expect(freeRoom(member, pod({ cpu: '500m' }))).toBe(5);
  expect(freeRoom(member, pod({ cpu: '500m', memory: '2Gi' }))).toBe(3);
  expect(freeRoom(member, pod({}))).toBe(10);
  expect(freeRoom(member, pod({ gpu: '1' }))).toBe(0);
  expect(freeRoom(a, pod({ cpu: '1' }))).toBeUndefined();
});

it('never gives a cluster less of more', () => {
  const limits = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(12)).map((all) => new Map(Object.entries(all)));
  const lists = fc.array(
    fc.tuple(
      fc.constantFrom('a', 'b', 'c'),
      fc.nat(5),
      fc.nat(2),
      fc.option(fc.integer({ min: 2, max: 9 }), { nil: undefined }),
    ),
    { maxLength: 3 },
  );
  fc.assert(
    fc.property(fc.nat(30), limits, limits, lists, (total, hard, room, list) => {
      const request = { groups: [[a], [b, c]], limits: hard, room, scheduling: weights(...list) };
      const [less, more] = [divide(total, request), divide(total + 1, request)];
      for (const name of ['a', 'b', 'c']) {
        expect(less[name]).toBeLessThanOrEqual(more[name] ?? 0);
        expect(less[name]).toBeLessThanOrEqual(hard.get(name) ?? Infinity);
      }
    }),
    { numRuns: 2_000 },
  );
});
