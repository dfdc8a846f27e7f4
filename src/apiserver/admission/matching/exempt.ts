import type { AdmissionRequest } from '../../admission.ts';

const CONFIGURATIONS: readonly string[] = [
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
];

/** Webhooks and policies are not asked about their own configuration: a bad one could never be taken back. */
export function isExempt({ resource }: Pick<AdmissionRequest, 'resource'>): boolean {
  return resource.group === 'admissionregistration.k8s.io' && CONFIGURATIONS.includes(resource.plural);
}
