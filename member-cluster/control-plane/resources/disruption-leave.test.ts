import { expect, it } from 'vitest';
import { isStatusError } from '../../../src/apimachinery/index.ts';
import type { Pod, PodDisruptionBudget } from '../../../src/apis/index.ts';
import { mayGoUnready, withoutOne } from './disruption-leave.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

const budget = (
  status: PodDisruptionBudget['status'],
  spec: PodDisruptionBudget['spec'] = {},
): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'default', generation: 2 },
  spec,
  status: { observedGeneration: 2, ...status },
});

function refusal(of: PodDisruptionBudget): unknown {
  try {
    withoutOne(of, 'a', NOW);
    return expect.unreachable();
  } catch (err) {
    if (!isStatusError(err)) throw err;
    const { code, message, details } = err.status;
    return [
      code,
      message,
      details?.causes?.map(({ reason, message: cause }) => [reason, cause]),
      details?.retryAfterSeconds,
    ];
  }
}

it('takes one, and says when that was the last', () => {
  expect(withoutOne(budget({ disruptionsAllowed: 2 }), 'a', NOW).status).toEqual({
    observedGeneration: 2,
    disruptionsAllowed: 1,
    disruptedPods: { a: '2026-01-01T00:00:00Z' },
  });
  const conditions = [
    { type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', message: '', lastTransitionTime: 'then' },
  ];
  expect(withoutOne(budget({ disruptionsAllowed: 1, conditions }), 'a', NOW).status).toMatchObject({
    disruptionsAllowed: 0,
    conditions: [
      {
        status: 'False',
        reason: 'InsufficientPods',
        observedGeneration: 2,
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ],
  });
});

const VIOLATION = "Cannot evict pod as it would violate the pod's disruption budget.";
const NOT_NOW = 'The disruption budget web does not allow evicting pods currently';
const failing = (reason: string, message: string) => ({
  conditions: [{ type: 'DisruptionAllowed', status: 'False', reason, message, lastTransitionTime: 'then' }],
});

it.each<[string, PodDisruptionBudget['status'], string, number | undefined]>([
  [
    'that is not looked at yet',
    { observedGeneration: 1 },
    'The disruption budget web is still being processed by the server.',
    10,
  ],
  [
    'without healthy pods to spare',
    { disruptionsAllowed: 0, desiredHealthy: 3, currentHealthy: 2 },
    'The disruption budget web needs 3 healthy pods and has 2 currently',
    undefined,
  ],
  [
    'that could not be worked out',
    { disruptionsAllowed: 0, ...failing('SyncFailed', 'found no controllers for pod "a"') },
    `${NOT_NOW} because it failed sync: found no controllers for pod "a"`,
    undefined,
  ],
  [
    'that says why',
    { disruptionsAllowed: 0, desiredHealthy: 1, currentHealthy: 2, ...failing('Frozen', 'until tomorrow') },
    `${NOT_NOW} (Frozen): until tomorrow`,
    undefined,
  ],
  ['that does not say why', { disruptionsAllowed: 0, desiredHealthy: 1, currentHealthy: 2 }, NOT_NOW, undefined],
])('refuses leave from a budget %s', (_, status, cause, retryAfterSeconds) => {
  expect(refusal(budget(status))).toEqual([429, VIOLATION, [['DisruptionBudget', cause]], retryAfterSeconds]);
});

it('refuses leave from a budget whose status makes no sense', () => {
  expect(refusal(budget({ disruptionsAllowed: -1 }))).toEqual([
    403,
    'poddisruptionbudget.policy "web" is forbidden: pdb disruptions allowed is negative',
    [['DisruptionBudget', `${NOT_NOW}: pdb disruptions allowed is negative`]],
    undefined,
  ]);
  const disruptedPods = Object.fromEntries(Array.from({ length: 2001 }, (_, index) => [`p${index}`, 'then']));
  expect(refusal(budget({ disruptionsAllowed: 1, disruptedPods }))).toMatchObject([
    403,
    'poddisruptionbudget.policy "web" is forbidden: DisruptedPods map too big - too many evictions not confirmed by PDB controller',
    [['DisruptionBudget', `${NOT_NOW}: too many pending evictions not confirmed by PDB controller`]],
    undefined,
  ]);
});

it.each([
  ['True', {}, { currentHealthy: 2, desiredHealthy: 1 }, false],
  ['False', {}, { currentHealthy: 2, desiredHealthy: 2 }, true],
  ['False', {}, { currentHealthy: 1, desiredHealthy: 2 }, false],
  ['False', {}, { currentHealthy: 0, desiredHealthy: 0 }, false],
  ['False', { unhealthyPodEvictionPolicy: 'IfHealthyBudget' }, { currentHealthy: 1, desiredHealthy: 2 }, false],
  ['False', { unhealthyPodEvictionPolicy: 'AlwaysAllow' }, { currentHealthy: 1, desiredHealthy: 2 }, true],
])('asks no leave of who is not ready, if there are enough: ready=%s %j %j', (ready, spec, status, expected) => {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    status: { conditions: [{ type: 'Ready', status: ready }] },
  };
  expect(mayGoUnready(pod, budget(status, spec))).toBe(expected);
});
