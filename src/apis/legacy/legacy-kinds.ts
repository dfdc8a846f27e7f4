import { legacyAccessControl } from './access-control.ts';
import { legacyAutoscalers } from './autoscaler.ts';
import { betaKinds } from './beta-kinds.ts';
import { legacyDisruptionBudgets } from './disruption-budget.ts';
import { legacyEndpointSlices } from './endpoint-slice.ts';
import { legacyIngresses } from './ingress.ts';
import { renamed, type LegacyKind } from './legacy-kind.ts';
import { legacyWorkloads } from './workloads.ts';

const cronJobs = ['batch/v2alpha1', 'batch/v1beta1'].flatMap((version) => renamed(version, 'batch/v1', ['CronJob']));
const scheduledJobs = renamed('batch/v2alpha1', 'batch/v1', ['CronJob']).map((kind) => ({
  ...kind,
  kind: 'ScheduledJob',
}));

/** Every kind that Kubernetes had from 2014 on in a version that is gone, and that has a successor. */
export const legacyKinds: readonly LegacyKind[] = [
  ...legacyWorkloads,
  ...legacyIngresses,
  ...renamed('networking.k8s.io/v1beta1', 'networking.k8s.io/v1', ['IngressClass']),
  ...renamed('extensions/v1beta1', 'networking.k8s.io/v1', ['NetworkPolicy']),
  ...legacyAutoscalers,
  ...cronJobs,
  ...scheduledJobs,
  ...legacyDisruptionBudgets,
  ...renamed('policy/v1beta1', 'policy/v1', ['Eviction']),
  ...legacyAccessControl,
  ...renamed('storage.k8s.io/v1beta1', 'storage.k8s.io/v1', [
    'StorageClass',
    'VolumeAttachment',
    'CSIDriver',
    'CSINode',
    'CSIStorageCapacity',
  ]),
  ...legacyEndpointSlices,
  ...renamed('events.k8s.io/v1beta1', 'events.k8s.io/v1', ['Event']),
  ...renamed('coordination.k8s.io/v1beta1', 'coordination.k8s.io/v1', ['Lease']),
  ...['v1alpha1', 'v1beta1'].flatMap((version) =>
    renamed(`scheduling.k8s.io/${version}`, 'scheduling.k8s.io/v1', ['PriorityClass']),
  ),
  ...betaKinds,
];

/** Kinds that were given up, and what does their work now. */
export const withoutSuccessor: Readonly<Record<string, string>> = {
  PodSecurityPolicy: 'label namespaces for Pod Security Admission (pod-security.kubernetes.io/enforce) instead',
  ThirdPartyResource: 'define an apiextensions.k8s.io/v1 CustomResourceDefinition instead',
  DeploymentRollback: 'use "kubectl rollout undo" instead',
};
