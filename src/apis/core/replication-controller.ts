import {
  formatSelector,
  matchesLabels,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  selectorOfLabels,
  validateLabels,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, labelsText, nameColumn, templateColumns } from '../columns.ts';
import { definedOnly, nonNegative } from '../field-rules.ts';
import type { PodTemplateSpec, ReplicationController } from '../generated/wire-types.ts';
import { sent } from '../sent.ts';
import { withStatusOf } from '../status-rules.ts';
import { templateDefaults } from './pod-defaults.ts';
import { validatePodTemplate } from './pod-template-validation.ts';

export const replicationControllers: ResourceDefinition<ReplicationController> = {
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  singular: 'replicationcontroller',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  schema: 'k8s.io/api/core/v1.ReplicationController',
  subresources: [
    { type: 'status', name: 'status' },
    {
      type: 'scale',
      name: 'scale',
      read: ({ spec, status }) => ({
        specReplicas: spec?.replicas ?? 0,
        statusReplicas: status?.replicas ?? 0,
        selector: formatSelector(selectorOfLabels(spec?.selector)),
      }),
      write: (object, replicas) => ({ ...object, spec: { ...object.spec, replicas } }),
    },
  ],
  strategy: {
    defaults,
    prepareForCreate: (object) => ({ ...object, status: { replicas: 0 } }),
    prepareForUpdate: withStatusOf,
    validate,
    defaultPropagation: 'Orphan',
  },
  columns: [
    nameColumn,
    { name: 'Desired', type: 'integer', description: 'Pods wanted.', value: ({ spec }) => spec?.replicas ?? 0 },
    { name: 'Current', type: 'integer', description: 'Pods there.', value: ({ status }) => status?.replicas ?? 0 },
    { name: 'Ready', type: 'integer', description: 'Pods ready.', value: ({ status }) => status?.readyReplicas ?? 0 },
    ageColumn,
    ...templateColumns<ReplicationController>(({ spec }) => spec?.template),
    {
      name: 'Selector',
      type: 'string',
      priority: 1,
      description: 'Which pods belong to it.',
      value: ({ spec }) => labelsText(spec?.selector),
    },
  ],
  fieldSelectors: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
};

const isEmpty = (labels: object | undefined) => Object.keys(labels ?? {}).length === 0;

/** Unless it says, it is labelled as its pods are and finds them by these labels. */
function defaults(object: ReplicationController): ReplicationController {
  const { spec, metadata } = object;
  if (spec === undefined) return object;
  const labels = spec.template?.metadata?.labels;
  return {
    ...object,
    metadata: labels !== undefined && isEmpty(metadata.labels) ? { ...metadata, labels } : metadata,
    spec: {
      replicas: 1,
      ...spec,
      ...(labels !== undefined && isEmpty(spec.selector) ? { selector: labels } : {}),
      ...(spec.template === undefined ? {} : { template: templateDefaults(spec.template) }),
    },
  };
}

function validate(object: ReplicationController): readonly FieldError[] {
  const { minReadySeconds, selector, replicas } = sent(object).spec ?? {};
  const template = object.spec?.template;
  return [
    ...nonNegative('spec.minReadySeconds', minReadySeconds),
    ...(isEmpty(selector) ? [required('spec.selector')] : validateLabels('spec.selector', definedOnly(selector))),
    ...(replicas === undefined ? [required('spec.replicas')] : nonNegative('spec.replicas', replicas)),
    ...(template === undefined ? [required('spec.template')] : validateTemplate(template, definedOnly(selector))),
  ];
}

function validateTemplate(
  template: PodTemplateSpec,
  selector: Readonly<Record<string, string>>,
): readonly FieldError[] {
  const field = 'spec.template';
  const labels = template.metadata?.labels;
  const policy = template.spec?.restartPolicy;
  return [
    ...(isEmpty(selector) || matchesLabels(selectorOfLabels(selector), labels)
      ? []
      : [invalidValue(`${field}.metadata.labels`, labels ?? {}, '`selector` does not match template `labels`')]),
    ...validatePodTemplate(field, template),
    ...(policy === undefined || policy === 'Always'
      ? []
      : [notSupported(`${field}.spec.restartPolicy`, policy, ['Always'])]),
    ...(template.spec?.activeDeadlineSeconds === undefined
      ? []
      : [
          forbiddenField(
            `${field}.spec.activeDeadlineSeconds`,
            'activeDeadlineSeconds in ReplicationController is not Supported',
          ),
        ]),
  ];
}
