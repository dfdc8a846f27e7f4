import { expect, it } from 'vitest';
import type { Pod } from '../apis/index.ts';
import { podRequests } from './pod-requests.ts';
import {
  replicasForAverage,
  replicasForUtilization,
  type CalculatorInput,
  type PodUsage,
} from './replica-calculator.ts';

const NOW = Date.UTC(2026, 0, 1);
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

interface Traits {
  /** Thousandths; absent: nobody knows. */
  readonly uses?: number;
  readonly phase?: string;
  readonly ready?: boolean;
  readonly leaving?: boolean;
  readonly startedSecondsAgo?: number;
  readonly readySinceSeconds?: number;
  readonly request?: string;
}

function pod(name: string, traits: Traits): Pod {
  const { phase = 'Running', ready = true, leaving, request = '1' } = traits;
  const { startedSecondsAgo = 600, readySinceSeconds = startedSecondsAgo } = traits;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...(leaving === true ? { deletionTimestamp: ago(1) } : {}) },
    spec: { containers: [{ name: 'c', resources: { requests: request === '' ? {} : { cpu: request } } }] },
    status: {
      phase,
      startTime: ago(startedSecondsAgo),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(readySinceSeconds) }],
    },
  };
}

function input(traits: readonly Traits[], more: Partial<CalculatorInput> = {}): CalculatorInput {
  const named = traits.map((each, index) => ({ ...each, name: `p${index}` }));
  const usages = named.flatMap(({ name, uses }): readonly (readonly [string, PodUsage])[] =>
    uses === undefined ? [] : [[name, { value: uses, at: NOW, windowMs: 15_000 }]],
  );
  return {
    pods: named.map(({ name, ...each }) => pod(name, each)),
    usages: new Map(usages),
    resource: 'cpu',
    replicas: traits.length,
    tolerance: { up: 0.1, down: 0.1 },
    now: NOW,
    ...more,
  };
}

const uses = (...values: readonly number[]) => values.map((value) => ({ uses: value }));
const share = (given: CalculatorInput, target: number) =>
  replicasForUtilization(given, podRequests(given.pods, given.resource, undefined), target);

/** Cases of upstream's own tests of its calculator. */
it.each<[string, CalculatorInput, number, number]>([
  ['more, by how much is used', input(uses(300, 500, 700)), 30, 5],
  ['fewer', input(uses(100, 300, 500, 250, 250)), 50, 3],
  ['as many, when it is nearly right', input(uses(1010, 1030, 1020)), 100, 3],
  ['fewer, when tolerance ends', input(uses(890, 890, 890, 890, 890, 890, 890, 890, 890, 890)), 100, 9],
  [
    'more, but not for those that are not ready',
    input([{ uses: 300, ready: false, startedSecondsAgo: 60 }, ...uses(500, 700)]),
    30,
    4,
  ],
  [
    'as many, when those that are not ready may do it',
    input([
      { uses: 400 },
      { uses: 500, ready: false, startedSecondsAgo: 60 },
      { uses: 700, ready: false, startedSecondsAgo: 60 },
    ]),
    30,
    3,
  ],
  ['more, without those that pend', input([...uses(500), { phase: 'Pending' }, { phase: 'Pending' }]), 30, 3],
  ['more, without those that failed', input([...uses(500, 700), { uses: 0, phase: 'Failed' }], { replicas: 2 }), 50, 3],
  ['more, without those that leave', input([...uses(500, 700), { uses: 0, leaving: true }], { replicas: 2 }), 50, 3],
  ['fewer, where nothing is known of one', input([...uses(100, 300, 500, 250), {}]), 60, 4],
  ['as many, where nothing is known of some', input([...uses(400), {}, {}, {}]), 50, 4],
  ['more, where nothing is known of one', input([...uses(900, 900), {}]), 50, 4],
  ['more only beyond its own tolerance', input(uses(1150, 1150), { tolerance: { up: 0.2, down: 0 } }), 100, 2],
  [
    'fewer without any tolerance',
    input(
      uses(950, 950, 950, 950, 950, 950, 950, 950, 950, 950, 950, 950, 950, 950, 950, 950, 950, 950, 950, 950, 950),
      { tolerance: { up: 0.2, down: 0 } },
    ),
    100,
    20,
  ],
])('proposes %s', (_what, given, target, replicas) => {
  expect(share(given, target).replicas).toBe(replicas);
});

it('tells what is used', () => {
  expect(share(input(uses(300, 500, 700)), 30)).toEqual({ replicas: 5, utilization: 50, average: 500 });
  expect(replicasForAverage(input(uses(300, 500, 700)), 250)).toEqual({ replicas: 6, average: 500 });
});

it('does not listen to CPU that is used to start', () => {
  const starting = { uses: 9000, startedSecondsAgo: 60, readySinceSeconds: 5 };
  expect(share(input([...uses(300), starting]), 30).replicas).toBe(2);
  expect(replicasForAverage(input([...uses(300), starting], { resource: 'memory' }), 300).replicas).toBe(31);
});

it.each<[string, CalculatorInput]>([
  ['no pods returned by selector', input([])],
  ['did not receive metrics for targeted pods', input([{ uses: 1, ready: false, startedSecondsAgo: 5 }])],
  ['missing request for cpu in container c of Pod p0', input([{ uses: 1, request: '' }])],
])('proposes nothing: %s', (problem, given) => {
  expect(() => share(given, 50)).toThrow(problem);
});
