import type { ResourceDefinition } from '../apiserver/index.ts';
import { mutatingAdmissionPolicies } from './admissionregistration/mutating-admission-policy.ts';
import {
  mutatingAdmissionPolicyBindings,
  validatingAdmissionPolicyBindings,
} from './admissionregistration/policy-binding.ts';
import { validatingAdmissionPolicies } from './admissionregistration/validating-admission-policy.ts';
import {
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from './admissionregistration/webhook-configuration.ts';
import { customResourceDefinitions } from './apiextensions/custom-resource-definition.ts';
import { apiServices } from './apiregistration/api-service.ts';
import { certificateSigningRequests } from './certificates/certificate-signing-request.ts';
import { flowSchemas } from './flowcontrol/flow-schema.ts';
import { priorityLevelConfigurations } from './flowcontrol/priority-level-configuration.ts';

/** The kinds by which a server itself is told what to serve and to allow: every server has them, whatever runs in its cluster. */
export const extensionResources: readonly ResourceDefinition[] = [
  apiServices,
  certificateSigningRequests,
  validatingWebhookConfigurations,
  mutatingWebhookConfigurations,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  mutatingAdmissionPolicies,
  mutatingAdmissionPolicyBindings,
  customResourceDefinitions,
  flowSchemas,
  priorityLevelConfigurations,
];
