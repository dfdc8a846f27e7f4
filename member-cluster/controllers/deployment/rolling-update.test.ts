import { expect, it } from 'vitest';
import type { Deployment, ReplicaSet } from '../../../src/apis/index.ts';
import { rolloutLimits } from './replica-limits.ts';
import { scaleStep } from './proportional-scaling.ts';
import { nextCurrentReplicas, rollingStep } from './rolling-update.ts';

function deployment(
  replicas: number,
  rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string },
) {
  const template = { spec: { containers: [] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: { replicas, selector: {}, template, ...(rollingUpdate === undefined ? {} : { strategy: { rollingUpdate } }) },
  } satisfies Deployment;
}

interface Size {
  readonly replicas: number;
  readonly available?: number;
  readonly max?: number;
  readonly desired?: number;
}

function replicaSet(name: string, { replicas, available = replicas, max, desired }: Size): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      creationTimestamp: `2026-01-01T00:00:0${name.slice(-1)}Z`,
      annotations: {
        ...(max === undefined ? {} : { 'deployment.kubernetes.io/max-replicas': String(max) }),
        ...(desired === undefined ? {} : { 'deployment.kubernetes.io/desired-replicas': String(desired) }),
      },
    },
    spec: { replicas, selector: {} },
    status: { replicas, availableReplicas: available },
  };
}

it.each([
  { replicas: 10, given: {}, surge: 3, unavailable: 2 },
  { replicas: 4, given: { maxSurge: '25%', maxUnavailable: '25%' }, surge: 1, unavailable: 1 },
  { replicas: 1, given: { maxSurge: 0, maxUnavailable: '25%' }, surge: 0, unavailable: 1 },
  { replicas: 3, given: { maxSurge: 2, maxUnavailable: 5 }, surge: 2, unavailable: 3 },
  { replicas: 0, given: {}, surge: 0, unavailable: 0 },
])('allows $surge more and $unavailable fewer of $replicas for $given', ({ replicas, given, surge, unavailable }) => {
  expect(rolloutLimits(deployment(replicas, given))).toEqual({
    replicas,
    maxSurge: surge,
    maxUnavailable: unavailable,
  });
});

it.each([
  { existing: 10, current: 0, expected: 3 },
  { existing: 13, current: 3, expected: 3 },
  { existing: 8, current: 3, expected: 8 },
  { existing: 0, current: 0, expected: 10 },
  { existing: 15, current: 12, expected: 10 },
])(
  'lets the present revision grow from $current to $expected when $existing exist',
  ({ existing, current, expected }) => {
    expect(nextCurrentReplicas({ replicas: 10, maxSurge: 3, maxUnavailable: 2 }, existing, current)).toBe(expected);
  },
);

it.each<[string, { absent: number; current: Size; olds: readonly Size[]; expected: readonly number[] }]>([
  [
    'nothing while new ones are not available',
    { absent: 0, current: { replicas: 3, available: 0 }, olds: [{ replicas: 10 }], expected: [] },
  ],
  [
    'as many as may be absent',
    { absent: 2, current: { replicas: 3, available: 0 }, olds: [{ replicas: 10 }], expected: [8] },
  ],
  [
    'as many as new ones have become available',
    { absent: 0, current: { replicas: 3 }, olds: [{ replicas: 10 }], expected: [7] },
  ],
  [
    'those that serve nobody before those that do',
    {
      absent: 2,
      current: { replicas: 3, available: 0 },
      olds: [{ replicas: 5 }, { replicas: 5, available: 3 }],
      expected: [3],
    },
  ],
  [
    'the oldest revision first',
    { absent: 0, current: { replicas: 5 }, olds: [{ replicas: 4 }, { replicas: 4 }], expected: [1] },
  ],
])('shrinks %s', (_name, { absent, current, olds, expected }) => {
  const limits = { replicas: 10, maxSurge: 3, maxUnavailable: absent };
  const old = olds.map((size, index) => replicaSet(`old-${index}`, size));
  const scales = rollingStep(limits, { current: replicaSet('new-9', current), old });
  expect(scales.map(({ replicas }) => replicas)).toEqual(expected);
});

it('never has fewer available, nor more in all, than the limits say', () => {
  const limits = { replicas: 7, maxSurge: 2, maxUnavailable: 1 };
  const sizes = { old: { replicas: 7, available: 7 }, current: { replicas: 0, available: 0 } };
  for (let step = 0; step < 40; step++) {
    const [old, current] = [replicaSet('old-1', sizes.old), replicaSet('new-2', sizes.current)];
    for (const { replicaSet: target, replicas } of rollingStep(limits, { current, old: [old] })) {
      const size = target === current ? sizes.current : sizes.old;
      Object.assign(size, { replicas, available: Math.min(replicas, size.available) });
    }
    expect(sizes.old.replicas + sizes.current.replicas).toBeLessThanOrEqual(9);
    expect(sizes.old.available + sizes.current.available).toBeGreaterThanOrEqual(6);
    // One more pod of the new revision becomes available.
    sizes.current.available = Math.min(sizes.current.replicas, sizes.current.available + 1);
  }
  expect([sizes.old.replicas, sizes.current.replicas]).toEqual([0, 7]);
});

// Expected sizes are those of kubectl users' everyday experience, as the documentation of Deployments works them out.
it.each([
  { name: 'shares growth in proportion', replicas: 15, olds: [8], current: 5, before: 13, expected: [11, 7] },
  { name: 'shares shrinking in proportion', replicas: 5, olds: [8], current: 5, before: 13, expected: [5, 3] },
  { name: 'takes all to zero', replicas: 0, olds: [8], current: 5, before: 13, expected: [0, 0] },
])('when scaled in the midst of a rollout $name', ({ replicas, olds, current, before, expected }) => {
  const limits = rolloutLimits(deployment(replicas, { maxSurge: 3 }));
  const old = olds.map((size, index) => replicaSet(`old-${index}`, { replicas: size, max: before, desired: 10 }));
  const scales = scaleStep(
    limits,
    { current: replicaSet('new-9', { replicas: current, max: before, desired: 10 }), old },
    true,
  );
  expect(scales.map((scale) => scale.replicas)).toEqual(expected);
  const total = scales.reduce((sum, scale) => sum + scale.replicas, 0);
  expect(total).toBe(replicas === 0 ? 0 : replicas + limits.maxSurge);
});

it('gives a single revision in use the whole size', () => {
  const only = replicaSet('new-1', { replicas: 3, desired: 3 });
  const scales = scaleStep(
    rolloutLimits(deployment(8)),
    { current: only, old: [replicaSet('old-0', { replicas: 0 })] },
    true,
  );
  expect(scales).toEqual([{ replicaSet: only, replicas: 8 }]);
});
