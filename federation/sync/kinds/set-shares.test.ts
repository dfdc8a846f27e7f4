import { expect, it } from 'vitest';
import type { StatefulSet } from '../../../src/apis/index.ts';
import type { Cluster } from '../../apis/index.ts';
import { planDivision } from '../../scheduling/index.ts';
import type { ApportionInput } from '../apportionment.ts';
import { apportionSet, withPart } from './set-shares.ts';

type Spec = NonNullable<StatefulSet['spec']>;

const set = (spec: Partial<Spec> = {}): StatefulSet => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', namespace: 'shop' },
  spec: { replicas: 7, serviceName: 'db', selector: {}, template: { spec: { containers: [] } }, ...spec },
});
const copy = (replicas: number, start = 0, ready = replicas): StatefulSet => ({
  ...set({ replicas, ordinals: { start } }),
  status: { replicas, readyReplicas: ready },
});

interface World {
  readonly copies?: Readonly<Record<string, StatefulSet>>;
  readonly record?: ApportionInput<StatefulSet>['record'];
  readonly leaving?: readonly string[];
  readonly dark?: readonly string[];
  readonly versions?: Readonly<Record<string, string | undefined>>;
  readonly fixed?: Readonly<Record<string, number>>;
  readonly scheduling?: ApportionInput<StatefulSet>['scheduling'];
}

const NAMES = ['a', 'b', 'c'];
const divided = { replicaSchedulingType: 'Divided' } as const;

function apportion(object: StatefulSet, world: World = {}) {
  const { copies = {}, leaving = [], dark = [], versions = {}, fixed = {} } = world;
  const cluster = (name: string): Cluster => ({
    apiVersion: 'federation/v1beta1',
    kind: 'Cluster',
    metadata: { name },
    status: { conditions: [], ...(name in versions ? {} : { version: 'v1.32.0' }), ...version(versions[name]) },
  });
  const version = (text: string | undefined) => (text === undefined ? {} : { version: text });
  const clusters = new Map(NAMES.map((name) => [name, cluster(name)]));
  const chosen = NAMES.filter((name) => !leaving.includes(name));
  return apportionSet({
    object,
    clusters,
    chosen: new Set(chosen),
    open: chosen.filter((name) => !dark.includes(name)),
    leaving: new Set(leaving),
    lost: new Set(dark),
    fixed: new Map(Object.entries(fixed)),
    scheduling: 'scheduling' in world ? world.scheduling : divided,
    copyIn: (name) => copies[name],
    isSeen: () => true,
    record: world.record,
    divide: (total, names, { limits = new Map() }) =>
      planDivision({
        total,
        groups: [names.flatMap((name) => clusters.get(name) ?? [])],
        scheduling: divided,
        fixed: new Map(),
        limits,
        room: new Map(),
        key: 'shop/db',
      }),
    mostIn: () => Infinity,
  });
}

function outcome(object: StatefulSet, world: World = {}) {
  const result = apportion(object, world);
  if (result?.ok !== true) throw new Error('it is not divided');
  const { shares, spared, staying, problem, notes } = result;
  const parts = [...shares].map(([name, { replicas, ordinals }]) => {
    const kept = ordinals?.partition === undefined ? '' : ` keeping ${ordinals.partition}`;
    return [name, `${replicas} from ${ordinals?.start}${kept}`] as const;
  });
  return {
    ...Object.fromEntries(parts),
    ...(spared.size === 0 ? {} : { spared: [...spared.keys()] }),
    ...(staying.size === 0 ? {} : { staying: [...staying.keys()] }),
    ...(problem === undefined ? {} : { problem }),
    starts: notes.ordinals,
  };
}

const three = { a: copy(3, 0), b: copy(2, 100), c: copy(2, 200) };
const starts = { a: 0, b: 100, c: 200 };

it.each([undefined, { replicaSchedulingType: 'Duplicated' } as const])(
  'is not divided unless asked: %s',
  (scheduling) => {
    expect(apportion(set(), { scheduling })).toBeUndefined();
  },
);

it.each<[string, StatefulSet, World, object]>([
  ['each cluster has numbers of its own', set(), {}, { a: '2 from 0', b: '2 from 100', c: '3 from 200', starts }],
  ['as it was, it stays', set(), { copies: three }, { a: '3 from 0', b: '2 from 100', c: '2 from 200', starts }],
  [
    'more are added where fewest are',
    set({ replicas: 10 }),
    { copies: three },
    { a: '3 from 0', b: '3 from 100', c: '4 from 200', starts },
  ],
  [
    'fewer leave where most are',
    set({ replicas: 3 }),
    { copies: three },
    { a: '1 from 0', b: '1 from 100', c: '1 from 200', starts },
  ],
  [
    'what is out of sight keeps its pods, and others do not replace them',
    set({ replicas: 10 }),
    { copies: three, dark: ['a'] },
    { a: '3 from 0', b: '3 from 100', c: '4 from 200', starts },
  ],
  [
    'a cluster that is left keeps its pods until others are ready',
    set(),
    { copies: three, leaving: ['a'], record: { clusters: {}, ordinals: starts } },
    { b: '3 from 100', c: '4 from 200', staying: ['a'], starts },
  ],
  [
    'one that comes back has the numbers it had',
    set(),
    { copies: { b: copy(4, 100), c: copy(3, 200) }, record: { clusters: {}, ordinals: starts } },
    { b: '4 from 100', c: '3 from 200', spared: ['a'], starts },
  ],
  [
    'of those that all began with the same number one keeps it',
    set({ replicas: 3 }),
    { copies: { a: copy(3), b: copy(3) } },
    { a: '3 from 0', spared: ['b', 'c'], starts: { a: 0 } },
  ],
  [
    'the set begins elsewhere',
    set({ replicas: 3, ordinals: { start: 5 } }),
    {},
    { a: '1 from 5', b: '1 from 105', c: '1 from 205', starts: { a: 5, b: 105, c: 205 } },
  ],
  [
    'an update leaves the first ones of all as they are',
    set({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 4 } } }),
    { copies: three },
    { a: '3 from 0 keeping 3', b: '2 from 100 keeping 1', c: '2 from 200 keeping 0', starts },
  ],
  [
    'an override says how many',
    set(),
    { fixed: { b: 5 } },
    { a: '1 from 0', b: '5 from 100', c: '1 from 200', starts },
  ],
  [
    'one that is too old for other numbers has the first',
    set({ replicas: 3 }),
    { versions: { b: 'v1.25.3', c: undefined } },
    { a: '1 from 100', b: '2 from 0', spared: ['c'], starts: { a: 100, b: 0 } },
  ],
  [
    'one that is too old has nothing when others have the first',
    set({ replicas: 4 }),
    { copies: { a: copy(2), c: copy(2, 100) }, versions: { b: 'v1.26.9' } },
    { a: '2 from 0', c: '2 from 100', spared: ['b'], starts: { a: 0, c: 100 } },
  ],
  [
    'nobody can have it',
    set({ replicas: 2 }),
    { leaving: NAMES },
    { problem: '2 of 2 replicas can be given to no cluster', starts: {} },
  ],
])('divides a set: %s', (_case, object, world, expected) => {
  expect(outcome(object, world)).toEqual(expected);
});

it('writes into a copy what is its own', () => {
  const object = set({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 4, maxUnavailable: 1 } } });
  const { spec } = withPart(object, { replicas: 2, ordinals: { start: 100, partition: 1 } });
  expect(spec).toMatchObject({
    replicas: 2,
    ordinals: { start: 100 },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1, maxUnavailable: 1 } },
  });
  expect(withPart(object, { replicas: 2, ordinals: { start: 0 } }).spec).not.toHaveProperty('ordinals');
  expect(withPart(object, {})).toBe(object);
});
