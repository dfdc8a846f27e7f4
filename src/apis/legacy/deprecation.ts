import type { LegacyKind } from './legacy-kind.ts';

/** Kubernetes 1.x: since when a version was not to be used any more, and which one left it out. */
type Lifetime = readonly [deprecated: number, gone: number];

const LIFETIMES: Readonly<Record<string, Lifetime>> = {
  'extensions/v1beta1': [8, 16],
  'extensions/v1beta1 Ingress': [14, 22],
  'extensions/v1beta1 NetworkPolicy': [9, 16],
  'apps/v1beta1': [8, 16],
  'apps/v1beta2': [9, 16],
  'networking.k8s.io/v1beta1': [19, 22],
  'batch/v1beta1': [21, 25],
  'policy/v1beta1': [21, 25],
  'rbac.authorization.k8s.io/v1beta1': [17, 22],
  'rbac.authorization.k8s.io/v1alpha1': [17, 22],
  'autoscaling/v2beta1': [22, 25],
  'autoscaling/v2beta2': [23, 26],
  'storage.k8s.io/v1beta1': [19, 22],
  'storage.k8s.io/v1beta1 CSINode': [17, 22],
  'storage.k8s.io/v1beta1 CSIStorageCapacity': [24, 27],
  'discovery.k8s.io/v1beta1': [21, 25],
  'events.k8s.io/v1beta1': [22, 25],
  'coordination.k8s.io/v1beta1': [19, 22],
  'scheduling.k8s.io/v1beta1': [14, 22],
  'scheduling.k8s.io/v1alpha1': [14, 22],
};

/** What a client is told of a kind in a version that is gone elsewhere, in Kubernetes' words. */
export function deprecationOf({ apiVersion, kind, modern }: LegacyKind): string {
  const lifetime = LIFETIMES[`${apiVersion} ${kind}`] ?? LIFETIMES[apiVersion];
  const since = lifetime === undefined ? '' : ` in v1.${lifetime[0]}+, unavailable in v1.${lifetime[1]}+`;
  return `${apiVersion} ${kind} is deprecated${since}; use ${modern.apiVersion} ${modern.kind}`;
}
