import { forbiddenField, invalidValue, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { nonNegative } from '../field-rules.ts';
import type { Lease } from '../generated/wire-types.ts';

export const leases: ResourceDefinition<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  namespaced: true,
  schema: 'k8s.io/api/coordination/v1.Lease',
  strategy: { createOnUpdate: true, requireResourceVersion: true, validate },
  columns: [
    nameColumn,
    {
      name: 'Holder',
      type: 'string',
      description: 'Who holds it.',
      value: (object) => object.spec?.holderIdentity ?? '',
    },
    ageColumn,
  ],
};

function validate({ spec }: Lease): readonly FieldError[] {
  const seconds = spec?.leaseDurationSeconds;
  const hasNoStrategy = (spec?.strategy ?? '') === '';
  const isTooShort = seconds !== undefined && seconds <= 0;
  return [
    ...(isTooShort ? [invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0')] : []),
    ...nonNegative('spec.leaseTransitions', spec?.leaseTransitions),
    ...(hasNoStrategy && (spec?.preferredHolder ?? '') !== ''
      ? [forbiddenField('spec.preferredHolder', 'may only be specified if `strategy` is defined')]
      : []),
  ];
}
