import { invalidValue, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { notAboveHundredPercent, validIntOrPercent } from '../apps/rolling-update-validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { oneOf, validLabelSelector } from '../field-rules.ts';
import type { PodDisruptionBudget } from '../generated/wire-types.ts';
import { withoutStatus, withStatusOf } from '../status-rules.ts';

const ABSENT = 'N/A';

export const podDisruptionBudgets: ResourceDefinition<PodDisruptionBudget> = {
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  shortNames: ['pdb'],
  namespaced: true,
  schema: 'k8s.io/api/policy/v1.PodDisruptionBudget',
  subresources: [{ type: 'status', name: 'status' }],
  strategy: {
    requireResourceVersion: true,
    prepareForCreate: withoutStatus,
    prepareForUpdate: withStatusOf,
    validate,
  },
  columns: [
    nameColumn,
    {
      name: 'Min Available',
      type: 'string',
      description: 'Pods that must stay.',
      value: ({ spec }) => String(spec?.minAvailable ?? ABSENT),
    },
    {
      name: 'Max Unavailable',
      type: 'string',
      description: 'Pods that may be missing.',
      value: ({ spec }) => String(spec?.maxUnavailable ?? ABSENT),
    },
    {
      name: 'Allowed Disruptions',
      type: 'integer',
      description: 'Pods that may be evicted now.',
      value: ({ status }) => status?.disruptionsAllowed ?? 0,
    },
    ageColumn,
  ],
};

function validate({ spec = {} }: PodDisruptionBudget): readonly FieldError[] {
  const both = spec.minAvailable !== undefined && spec.maxUnavailable !== undefined;
  return [
    ...(both ? [invalidValue('spec', spec, 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...(['minAvailable', 'maxUnavailable'] as const).flatMap((name) => [
      ...validIntOrPercent(`spec.${name}`, spec[name]),
      ...notAboveHundredPercent(`spec.${name}`, spec[name]),
    ]),
    ...oneOf('spec.unhealthyPodEvictionPolicy', spec.unhealthyPodEvictionPolicy, ['AlwaysAllow', 'IfHealthyBudget']),
    ...validLabelSelector('spec.selector', spec.selector),
  ];
}
