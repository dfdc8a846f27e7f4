import { required, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { requiredOneOf } from '../field-rules.ts';
import type { MutatingAdmissionPolicy, Mutation } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validatePolicy } from './policy-validation.ts';
import { policyDefaults } from './validating-admission-policy.ts';
import { GROUP, REINVOCATION_POLICIES } from './webhook-configuration.ts';

export const mutatingAdmissionPolicies: ResourceDefinition<MutatingAdmissionPolicy> = {
  group: GROUP,
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  singular: 'mutatingadmissionpolicy',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'k8s.io/api/admissionregistration/v1.MutatingAdmissionPolicy',
  strategy: { requireResourceVersion: true, defaults: policyDefaults, validate },
  columns: [
    nameColumn,
    {
      name: 'Mutations',
      type: 'integer',
      description: 'How many changes it makes.',
      value: ({ spec }) => spec?.mutations?.length ?? 0,
    },
    {
      name: 'ParamKind',
      type: 'string',
      description: 'Kind of the parameters.',
      value: ({ spec }) =>
        spec?.paramKind === undefined ? '<unset>' : `${spec.paramKind.apiVersion ?? ''}/${spec.paramKind.kind ?? ''}`,
    },
    ageColumn,
  ],
};

function validate({ spec = {} }: MutatingAdmissionPolicy): readonly FieldError[] {
  const { mutations = [], reinvocationPolicy } = spec;
  return [
    ...validatePolicy(spec),
    ...(mutations.length === 0 ? [required('spec.mutations', 'mutations must contain at least one item')] : []),
    ...mutations.flatMap((mutation, index) => validateMutation(`spec.mutations[${index}]`, mutation)),
    ...requiredOneOf('spec.reinvocationPolicy', reinvocationPolicy, REINVOCATION_POLICIES),
  ];
}

function validateMutation(field: string, mutation: Sent<Mutation>): readonly FieldError[] {
  const { patchType, applyConfiguration, jsonPatch } = mutation;
  switch (patchType) {
    case 'ApplyConfiguration':
      return validateExpression(`${field}.applyConfiguration`, applyConfiguration);
    case 'JSONPatch':
      return validateExpression(`${field}.jsonPatch`, jsonPatch);
    default:
      return requiredOneOf(`${field}.patchType`, patchType, ['ApplyConfiguration', 'JSONPatch']);
  }
}

function validateExpression(
  field: string,
  holder: { readonly expression?: string } | undefined,
): readonly FieldError[] {
  if (holder === undefined) return [required(field)];
  const { expression = '' } = holder;
  return expression.trim() === '' ? [required(`${field}.expression`, 'expression is not specified')] : [];
}
