import { stableJson } from '../../../src/apimachinery/index.ts';
import type { HorizontalPodAutoscaler, Ingress, PodDisruptionBudget } from '../../../src/apis/index.ts';
import type { MemberCopy, StatusContext } from '../federated-type.ts';
import { latest, nonZero, observedGeneration, present, sumOf, withStatus } from './aggregation.ts';

/** Pods that are being disrupted are objects of the members; the federation does not name them. */
export function budgetStatus(
  object: PodDisruptionBudget,
  copies: readonly MemberCopy<PodDisruptionBudget>[],
  context: StatusContext,
): PodDisruptionBudget {
  const sum = sumOf<'disruptionsAllowed' | 'currentHealthy' | 'desiredHealthy' | 'expectedPods'>(copies);
  return withStatus(object, {
    disruptionsAllowed: sum('disruptionsAllowed'),
    currentHealthy: sum('currentHealthy'),
    desiredHealthy: sum('desiredHealthy'),
    expectedPods: sum('expectedPods'),
    ...present({ observedGeneration: observedGeneration(object, copies, context) }),
  });
}

/** What is measured in one cluster says nothing of another, so metrics and conditions stay there. */
export function autoscalerStatus(
  object: HorizontalPodAutoscaler,
  copies: readonly MemberCopy<HorizontalPodAutoscaler>[],
): HorizontalPodAutoscaler {
  const sum = sumOf<'currentReplicas' | 'desiredReplicas'>(copies);
  return withStatus(object, {
    desiredReplicas: sum('desiredReplicas'),
    ...nonZero({ currentReplicas: 0 }, sum),
    ...present({ lastScaleTime: latest(copies.map((copy) => copy.object.status?.lastScaleTime)) }),
  });
}

/** Every address that leads to it anywhere, each once. */
export function ingressStatus(object: Ingress, copies: readonly MemberCopy<Ingress>[]): Ingress {
  const ordered = [...copies].sort((left, right) => (left.cluster < right.cluster ? -1 : 1));
  const points = ordered.flatMap((copy) => copy.object.status?.loadBalancer?.ingress ?? []);
  const ingress = [...new Map(points.map((point) => [stableJson(point), point])).values()];
  // An Ingress without addresses has an empty balancer where it has a status at all.
  if (ingress.length === 0 && (object.status?.loadBalancer?.ingress ?? []).length === 0) return object;
  return withStatus(object, { loadBalancer: ingress.length === 0 ? {} : { ingress } });
}
