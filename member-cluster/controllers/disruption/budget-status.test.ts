import { expect, it } from 'vitest';
import type { Pod, PodDisruptionBudget } from '../../../src/apis/index.ts';
import { budgetStatus, failedStatus, podsOf, stayed } from './budget-status.ts';

const NOW = Date.parse('2026-01-01T00:10:00Z');

const pod = (name: string, isReady = true, more: Partial<Pod['metadata']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: 'web' }, ...more },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
});

const budget = (
  spec: NonNullable<PodDisruptionBudget['spec']>,
  status: PodDisruptionBudget['status'] = {},
): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'default', generation: 3 },
  spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  status,
});

const three = [pod('a'), pod('b'), pod('c', false)];
const statusOf = (spec: NonNullable<PodDisruptionBudget['spec']>, pods = three, expectedPods = 4) =>
  budgetStatus({ budget: budget(spec), pods, expectedPods, now: NOW });

it.each([
  [{ minAvailable: 1 }, { expectedPods: 4, desiredHealthy: 1, currentHealthy: 2, disruptionsAllowed: 1 }],
  [{ minAvailable: 2 }, { desiredHealthy: 2, disruptionsAllowed: 0 }],
  [{ minAvailable: '50%' }, { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 0 }],
  [{ minAvailable: '10%' }, { expectedPods: 4, desiredHealthy: 1, disruptionsAllowed: 1 }],
  [{ maxUnavailable: 3 }, { expectedPods: 4, desiredHealthy: 1, disruptionsAllowed: 1 }],
  [{ maxUnavailable: '60%' }, { expectedPods: 4, desiredHealthy: 1, disruptionsAllowed: 1 }],
  [{ maxUnavailable: 9 }, { desiredHealthy: 0, disruptionsAllowed: 2 }],
] as const)('works out %j', (spec, expected) => {
  expect(statusOf(spec)).toMatchObject({ observedGeneration: 3, ...expected });
});

it('allows nothing where there are no pods, and is about none without a selector', () => {
  expect(statusOf({ minAvailable: 0 }, [], 0)).toMatchObject({ expectedPods: 0, disruptionsAllowed: 0 });
  const { selector: _selector, ...spec } = budget({ minAvailable: 0 }).spec ?? {};
  expect(podsOf({ ...budget({}), spec }, three)).toEqual([]);
  expect(podsOf(budget({ selector: {} }), three)).toEqual(three);
});

it('counts pods that were given leave as gone, until that is two minutes ago', () => {
  const disruptedPods = { a: '2026-01-01T00:09:00Z', b: '2026-01-01T00:05:00Z', gone: '2026-01-01T00:09:59Z' };
  const given = budget({ minAvailable: 0 }, { disruptedPods });
  const status = budgetStatus({ budget: given, pods: three, expectedPods: 3, now: NOW });
  expect(status).toMatchObject({ currentHealthy: 1, disruptedPods: { a: '2026-01-01T00:09:00Z' } });
  expect(stayed(given, three, NOW).map(({ metadata }) => metadata.name)).toEqual(['b']);
});

it('allows nothing while it cannot be worked out, and keeps what was known', () => {
  const before = {
    observedGeneration: 2,
    disruptionsAllowed: 2,
    currentHealthy: 3,
    desiredHealthy: 1,
    expectedPods: 3,
  };
  expect(failedStatus(budget({}, before), 'found no controllers for pod "a"', NOW)).toEqual({
    ...before,
    disruptionsAllowed: 0,
    conditions: [
      {
        type: 'DisruptionAllowed',
        status: 'False',
        reason: 'SyncFailed',
        message: 'found no controllers for pod "a"',
        observedGeneration: 2,
        lastTransitionTime: '2026-01-01T00:10:00Z',
      },
    ],
  });
});
