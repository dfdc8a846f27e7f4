import { validateAnnotations, validateLabels } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { immutable } from '../field-rules.ts';
import type { ResourceClaimTemplate } from '../generated/wire-types.ts';
import { sent } from '../sent.ts';
import { claimSpecDefaults } from './claim-defaults.ts';
import { validateDeviceClaim } from './device-request-validation.ts';

export const resourceClaimTemplates: ResourceDefinition<ResourceClaimTemplate> = {
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  singular: 'resourceclaimtemplate',
  namespaced: true,
  schema: 'k8s.io/api/resource/v1.ResourceClaimTemplate',
  strategy: {
    defaults: (template) => ({
      ...template,
      spec: {
        ...template.spec,
        spec: claimSpecDefaults(sent(template).spec?.spec === undefined ? {} : template.spec.spec),
      },
    }),
    validate: ({ spec }) => [
      ...validateLabels('spec.metadata.labels', spec.metadata?.labels),
      ...validateAnnotations('spec.metadata.annotations', spec.metadata?.annotations),
      ...validateDeviceClaim('spec.spec.devices', spec.spec.devices ?? {}),
    ],
    validateUpdate: (template, old) => immutable('spec', template.spec, old.spec),
  },
};
