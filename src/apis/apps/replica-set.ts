import type { FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, selectorColumn, templateColumns } from '../columns.ts';
import { templateDefaults } from '../core/pod-defaults.ts';
import { immutable, nonNegative } from '../field-rules.ts';
import type { ReplicaSet, ReplicaSetSpec } from '../generated/wire-types.ts';
import { withStatusOf } from '../status-rules.ts';
import { scaleSubresource } from './scale.ts';
import { validateWorkload } from './template-validation.ts';

export const replicaSets: ResourceDefinition<ReplicaSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  schema: 'k8s.io/api/apps/v1.ReplicaSet',
  subresources: [{ type: 'status', name: 'status' }, scaleSubresource()],
  strategy: {
    defaults,
    prepareForCreate: (object) => ({ ...object, status: { replicas: 0 } }),
    prepareForUpdate: withStatusOf,
    validate,
    validateUpdate: (object, old) => immutable('spec.selector', object.spec?.selector, old.spec?.selector),
  },
  columns: [
    nameColumn,
    { name: 'Desired', type: 'integer', description: 'Pods wanted.', value: ({ spec }) => spec?.replicas ?? 0 },
    { name: 'Current', type: 'integer', description: 'Pods there.', value: ({ status }) => status?.replicas ?? 0 },
    { name: 'Ready', type: 'integer', description: 'Pods ready.', value: ({ status }) => status?.readyReplicas ?? 0 },
    ageColumn,
    ...templateColumns<ReplicaSet>(({ spec }) => spec?.template),
    selectorColumn(({ spec }) => spec?.selector),
  ],
};

function defaults(replicaSet: ReplicaSet): ReplicaSet {
  const { spec } = replicaSet;
  if (spec === undefined) return replicaSet;
  return { ...replicaSet, spec: { replicas: 1, ...spec, template: templateDefaults(spec.template) } };
}

function validate({ spec }: ReplicaSet): readonly FieldError[] {
  const { replicas, minReadySeconds, selector, template }: Partial<ReplicaSetSpec> = spec ?? {};
  return [
    ...nonNegative('spec.replicas', replicas),
    ...nonNegative('spec.minReadySeconds', minReadySeconds),
    ...validateWorkload({ noun: 'replicaSet', selector, template }),
  ];
}
