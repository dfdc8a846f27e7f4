import { expect, it } from 'vitest';
import type { HorizontalPodAutoscaler, Ingress, PodDisruptionBudget } from '../../../src/apis/index.ts';
import { autoscalerStatus, budgetStatus, ingressStatus } from './summed-status.ts';

const copiesOf = <T>(...objects: T[]) => objects.map((object, index) => ({ cluster: `c${index}`, object }));

it('adds up what a PodDisruptionBudget allows', () => {
  const budget: PodDisruptionBudget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', generation: 1 },
  };
  const counts = { disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3 };
  const one = { ...budget, status: { ...counts, observedGeneration: 1, disruptedPods: { 'web-1': 'now' } } };
  const settled = { isSettled: true, now: 0 };
  expect(budgetStatus(budget, copiesOf(one, one), settled).status).toEqual({
    observedGeneration: 1,
    disruptionsAllowed: 2,
    currentHealthy: 6,
    desiredHealthy: 4,
    expectedPods: 6,
  });
});

it('adds up the replicas of an autoscaler and tells when any cluster scaled last', () => {
  const scaler = (status?: HorizontalPodAutoscaler['status']): HorizontalPodAutoscaler => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: { maxReplicas: 5, scaleTargetRef: { kind: 'Deployment', name: 'web' } },
    ...(status === undefined ? {} : { status }),
  });
  const copies = copiesOf(
    scaler({ currentReplicas: 2, desiredReplicas: 3, lastScaleTime: '2026-01-01T00:01:00Z' }),
    scaler({ currentReplicas: 1, desiredReplicas: 1, lastScaleTime: '2026-01-01T00:00:00Z' }),
    scaler(),
  );
  const status = { currentReplicas: 3, desiredReplicas: 4, lastScaleTime: '2026-01-01T00:01:00Z' };
  expect(autoscalerStatus(scaler(), copies).status).toEqual(status);
});

it('has each address of an Ingress once, in the order of clusters', () => {
  const ingress = (...ips: string[]): Ingress => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web' },
    ...(ips.length === 0 ? {} : { status: { loadBalancer: { ingress: ips.map((ip) => ({ ip })) } } }),
  });
  const copies = copiesOf(ingress('10.0.0.1', '10.0.0.2'), ingress(), ingress('10.0.0.2', '10.0.0.3'));
  const next = ingressStatus(ingress(), copies.reverse());
  expect(next.status?.loadBalancer?.ingress).toEqual([{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }, { ip: '10.0.0.3' }]);
  expect(ingressStatus(next, copies)).toBe(next);

  const object = ingress();
  expect(ingressStatus(object, copiesOf(ingress()))).toBe(object);
  const emptied = ingressStatus(next, copiesOf(ingress()));
  expect(emptied.status).toEqual({ loadBalancer: {} });
  expect(ingressStatus(emptied, [])).toBe(emptied);
});
