import type { ResourceDefinition } from '../../apiserver/index.ts';
import { labelsText, nameColumn, templateColumns } from '../columns.ts';
import type { PodTemplate } from '../generated/wire-types.ts';
import { templateDefaults } from './pod-defaults.ts';
import { validatePodTemplate } from './pod-template-validation.ts';

export const podTemplates: ResourceDefinition<PodTemplate> = {
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  singular: 'podtemplate',
  namespaced: true,
  schema: 'k8s.io/api/core/v1.PodTemplate',
  strategy: {
    defaults: (object) => ({ ...object, template: templateDefaults(object.template) }),
    validate: ({ template }) => validatePodTemplate('template', template),
  },
  columns: [
    nameColumn,
    ...templateColumns<PodTemplate>(({ template }) => template).map((column) => ({ ...column, priority: 0 })),
    {
      name: 'Pod Labels',
      type: 'string',
      description: 'Labels of pods made of it.',
      value: ({ template }) => labelsText(template?.metadata?.labels),
    },
  ],
};
