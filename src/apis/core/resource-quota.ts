import { deepEqual, invalidValue, labelKeyProblems, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { immutable, invalidBy } from '../field-rules.ts';
import type { ResourceQuota, ResourceQuotaSpec } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { withStatusOf } from '../status-rules.ts';
import { canonicalAmounts, quantityProblems, readQuantity, type SentAmounts } from './quantities.ts';
import { validateScopes, validateScopeSelector } from './quota-scope-validation.ts';
import { isQuotaResource, isWholeNumber } from './resource-names.ts';

export const resourceQuotas: ResourceDefinition<ResourceQuota> = {
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  singular: 'resourcequota',
  shortNames: ['quota'],
  namespaced: true,
  schema: 'k8s.io/api/core/v1.ResourceQuota',
  subresources: [
    {
      type: 'status',
      name: 'status',
      validateUpdate: ({ status }) => [
        ...validateAmounts('status.hard', status?.hard ?? {}),
        ...validateAmounts('status.used', status?.used ?? {}),
      ],
    },
  ],
  strategy: {
    defaults: (quota) =>
      quota.spec?.hard === undefined
        ? quota
        : { ...quota, spec: { ...quota.spec, hard: canonicalAmounts(quota.spec.hard) } },
    prepareForCreate: (quota) => ({ ...quota, status: {} }),
    prepareForUpdate: withStatusOf,
    validate: (quota) => validateSpec(sent(quota).spec ?? {}),
    validateUpdate: ({ spec }, { spec: old }) =>
      deepEqual([...(spec?.scopes ?? [])].sort(), [...(old?.scopes ?? [])].sort())
        ? []
        : immutable('spec.scopes', spec?.scopes ?? [], old?.scopes ?? []),
  },
  columns: [
    nameColumn,
    {
      name: 'Request',
      type: 'string',
      description: 'What may be asked for, and what is.',
      value: (quota) => usageText(quota, (name) => !isLimit(name)),
    },
    {
      name: 'Limit',
      type: 'string',
      description: 'What containers may use at most, and what they may now.',
      value: (quota) => usageText(quota, isLimit),
    },
    ageColumn,
  ],
};

const isLimit = (name: string) => name.startsWith('limits.');

function usageText({ status }: ResourceQuota, isWanted: (name: string) => boolean): string {
  return Object.entries(status?.hard ?? {})
    .filter(([name]) => isWanted(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, hard]) => `${name}: ${status?.used?.[name] ?? '0'}/${hard}`)
    .join(', ');
}

function validateAmounts(field: string, amounts: SentAmounts): readonly FieldError[] {
  return Object.entries(amounts).flatMap(([name, text = '']) => {
    const where = `${field}[${name}]`;
    const quantity = readQuantity(text);
    const isFraction = typeof quantity !== 'string' && quantity.nanos % 1_000_000_000n !== 0n;
    return [
      ...invalidBy(where, name, labelKeyProblems(name)),
      ...(isQuotaResource(name) ? [] : [invalidValue(where, name, 'must be a standard resource for quota')]),
      ...quantityProblems(where, text),
      ...(isFraction && isWholeNumber(name) ? [invalidValue(where, text, 'must be an integer')] : []),
    ];
  });
}

function validateSpec({ hard = {}, scopes = [], scopeSelector }: Sent<ResourceQuotaSpec>): readonly FieldError[] {
  return [
    ...validateAmounts('spec.hard', hard),
    ...validateScopes('spec.scopes', scopes, Object.keys(hard)),
    ...validateScopeSelector(scopeSelector, Object.keys(hard)),
  ];
}
