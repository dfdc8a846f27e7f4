import { duplicate, invalidValue, labelKeyProblems, required, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { invalidBy, oneOf } from '../field-rules.ts';
import type { AuditAnnotation, TypeChecking, ValidatingAdmissionPolicy, Validation } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { withoutStatus, withStatusOf } from '../status-rules.ts';
import { matchDefaults } from './match-resources.ts';
import { validatePolicy } from './policy-validation.ts';
import { GROUP } from './webhook-configuration.ts';

const MAX_AUDIT_ANNOTATIONS = 20;
const MAX_VALUE_EXPRESSION_BYTES = 5 * 1024;
const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'];

export const validatingAdmissionPolicies: ResourceDefinition<ValidatingAdmissionPolicy> = {
  group: GROUP,
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  singular: 'validatingadmissionpolicy',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'k8s.io/api/admissionregistration/v1.ValidatingAdmissionPolicy',
  subresources: [
    { type: 'status', name: 'status', validateUpdate: ({ status }) => validateTypeChecking(status?.typeChecking) },
  ],
  strategy: {
    requireResourceVersion: true,
    defaults: policyDefaults,
    prepareForCreate: withoutStatus,
    prepareForUpdate: withStatusOf,
    validate,
  },
  columns: [
    nameColumn,
    {
      name: 'Validations',
      type: 'integer',
      description: 'How many expressions must hold.',
      value: ({ spec }) => spec?.validations?.length ?? 0,
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

/** Those of both kinds of policy. */
export function policyDefaults<T extends { readonly spec?: ValidatingAdmissionPolicy['spec'] }>(policy: T): T {
  const { matchConstraints } = policy.spec ?? {};
  return {
    ...policy,
    spec: {
      failurePolicy: 'Fail',
      ...policy.spec,
      ...(matchConstraints === undefined ? {} : { matchConstraints: matchDefaults(matchConstraints) }),
    },
  };
}

function validate({ metadata, spec = {} }: ValidatingAdmissionPolicy): readonly FieldError[] {
  return [...validatePolicy(spec), ...validateRules(metadata.name ?? '', spec)];
}

function validateRules(
  policyName: string,
  { validations = [], auditAnnotations = [] }: Sent<NonNullable<ValidatingAdmissionPolicy['spec']>>,
): readonly FieldError[] {
  const field = 'spec.auditAnnotations';
  if (validations.length === 0 && auditAnnotations.length === 0) {
    const why = 'validations or auditAnnotations must contain at least one item';
    return [required('spec.validations', why), required(field, why)];
  }
  const keys = auditAnnotations.map(({ key = '' }) => key);
  return [
    ...validations.flatMap((validation, index) => validateValidation(`spec.validations[${index}]`, validation)),
    ...(auditAnnotations.length > MAX_AUDIT_ANNOTATIONS
      ? [invalidValue(field, auditAnnotations, `must not have more than ${MAX_AUDIT_ANNOTATIONS} auditAnnotations`)]
      : []),
    ...auditAnnotations.flatMap((annotation, index) => [
      ...validateAnnotation(`${field}[${index}]`, policyName, annotation),
      ...(keys.indexOf(keys[index] ?? '') < index ? [duplicate(`${field}[${index}].key`, keys[index])] : []),
    ]),
  ];
}

function validateValidation(field: string, validation: Sent<Validation>): readonly FieldError[] {
  const { expression = '', message = '', messageExpression = '', reason } = validation;
  return [
    ...(expression.trim() === '' ? [required(`${field}.expression`, 'expression is not specified')] : []),
    ...(messageExpression !== '' && messageExpression.trim() === ''
      ? [invalidValue(`${field}.messageExpression`, messageExpression, 'must be non-empty if specified')]
      : []),
    ...validateMessage(`${field}.message`, message),
    ...oneOf(`${field}.reason`, reason, REASONS),
  ];
}

function validateMessage(field: string, message: string): readonly FieldError[] {
  if (message !== '' && message.trim() === '') {
    return [invalidValue(field, message, 'message must be non-empty if specified')];
  }
  return /[\n\r]/.test(message.trim()) ? [invalidValue(field, message, 'message must not contain line breaks')] : [];
}

function validateAnnotation(
  field: string,
  policyName: string,
  { key = '', valueExpression = '' }: Sent<AuditAnnotation>,
): readonly FieldError[] {
  const published = `${policyName}/${key}`;
  const expression = valueExpression.trim();
  const why =
    expression === ''
      ? 'valueExpression is not specified'
      : Buffer.byteLength(expression) > MAX_VALUE_EXPRESSION_BYTES
        ? `must not exceed ${MAX_VALUE_EXPRESSION_BYTES} bytes in length`
        : undefined;
  return [
    ...(policyName === ''
      ? [invalidValue(`${field}.key`, key, 'requires metadata.name be non-empty')]
      : invalidBy(`${field}.key`, published, labelKeyProblems(published))),
    ...(why === undefined ? [] : [required(`${field}.valueExpression`, why)]),
  ];
}

function validateTypeChecking(typeChecking: Sent<TypeChecking> | undefined): readonly FieldError[] {
  const field = 'status.typeChecking.expressionWarnings';
  return (typeChecking?.expressionWarnings ?? []).flatMap(({ warning = '', fieldRef = '' }, index) => [
    ...(warning === '' ? [required(`${field}[${index}].warning`)] : []),
    ...(fieldRef.trim() === '' ? [required(`${field}[${index}].fieldRef`)] : []),
  ]);
}
