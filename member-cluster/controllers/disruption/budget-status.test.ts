import { expect, it } from 'vitest';
import type { Pod, PodDisruptionBudget } from '../../../src/apis/index.ts';
import { budgetStatus } from './budget-status.ts';
import { wantedPods } from './wanted-pods.ts';

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
const statusOf = (spec: NonNullable<PodDisruptionBudget['spec']>, pods = three, wanted = 4) =>
  budgetStatus({ budget: budget(spec), pods, wantedBy: () => wanted, now: NOW });

it.each([
  [{ minAvailable: 1 }, { expectedPods: 3, desiredHealthy: 1, currentHealthy: 2, disruptionsAllowed: 1 }],
  [{ minAvailable: 2 }, { desiredHealthy: 2, disruptionsAllowed: 0 }],
  [{ minAvailable: '50%' }, { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 0 }],
  [{ minAvailable: '10%' }, { expectedPods: 4, desiredHealthy: 1, disruptionsAllowed: 1 }],
  [{ maxUnavailable: 3 }, { expectedPods: 4, desiredHealthy: 1, disruptionsAllowed: 1 }],
  [{ maxUnavailable: '60%' }, { expectedPods: 4, desiredHealthy: 1, disruptionsAllowed: 1 }],
  [{ maxUnavailable: 9 }, { desiredHealthy: 0, disruptionsAllowed: 2 }],
] as const)('works out %j', (spec, expected) => {
  expect(statusOf(spec)).toMatchObject({ observedGeneration: 3, ...expected });
});

it('allows nothing where there are no pods, and none to a budget without a selector', () => {
  expect(statusOf({ minAvailable: 0 }, [])).toMatchObject({ expectedPods: 0, disruptionsAllowed: 0 });
  const { selector: _selector, ...spec } = budget({ minAvailable: 0 }).spec ?? {};
  const without = { ...budget({}), spec };
  expect(budgetStatus({ budget: without, pods: three, wantedBy: () => 4, now: NOW }).currentHealthy).toBe(0);
});

it('counts pods that were given leave as gone, until that is two minutes ago', () => {
  const disruptedPods = { a: '2026-01-01T00:09:00Z', b: '2026-01-01T00:05:00Z', gone: '2026-01-01T00:09:59Z' };
  const status = budgetStatus({
    budget: budget({ minAvailable: 0 }, { disruptedPods }),
    pods: three,
    wantedBy: () => 3,
    now: NOW,
  });
  expect(status).toMatchObject({ currentHealthy: 1, disruptedPods: { a: '2026-01-01T00:09:00Z' } });
});

it('asks the topmost controller how many pods it wants', () => {
  const controlledBy = (kind: string, name: string) => ({
    ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: name, controller: true }],
  });
  const scaled = (kind: string, name: string, replicas: number, owner = {}) => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'default', ...owner },
    spec: { replicas },
  });
  const listers = {
    Deployment: { get: () => scaled('Deployment', 'web', 5) },
    ReplicaSet: { get: (key: string) => scaled('ReplicaSet', key, 2, controlledBy('Deployment', 'web')) },
  };
  const pods = ['old', 'new'].map((set) => pod(set, true, controlledBy('ReplicaSet', set)));
  expect(wantedPods([...pods, pod('alone')], listers)).toBe(6);
});
