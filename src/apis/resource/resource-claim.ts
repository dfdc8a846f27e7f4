import type { FieldError } from '../../apimachinery/index.ts';
import { tooMany } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { immutable } from '../field-rules.ts';
import type { ResourceV1ResourceClaim } from '../generated/wire-types.ts';
import { sent } from '../sent.ts';
import { withStatusOf } from '../status-rules.ts';
import { claimSpecDefaults } from './claim-defaults.ts';
import { validateDeviceClaim } from './device-request-validation.ts';

const MAX_CONSUMERS = 256;

export const resourceClaims: ResourceDefinition<ResourceV1ResourceClaim> = {
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  singular: 'resourceclaim',
  namespaced: true,
  schema: 'k8s.io/api/resource/v1.ResourceClaim',
  subresources: [{ type: 'status', name: 'status', validateUpdate: validateStatus }],
  strategy: {
    defaults: (claim) => ({ ...claim, spec: claimSpecDefaults(sent(claim).spec === undefined ? {} : claim.spec) }),
    prepareForCreate: (claim) => ({ ...claim, status: {} }),
    prepareForUpdate: withStatusOf,
    validate: (claim) => validateDeviceClaim('spec.devices', sent(claim).spec?.devices ?? {}),
    validateUpdate: (claim, old) => immutable('spec', claim.spec, old.spec),
  },
  columns: [
    nameColumn,
    { name: 'State', type: 'string', description: 'Whether it has its devices.', value: stateText },
    ageColumn,
  ],
};

function validateStatus(
  { status }: ResourceV1ResourceClaim,
  { status: old }: ResourceV1ResourceClaim,
): readonly FieldError[] {
  const consumers = status?.reservedFor ?? [];
  return [
    ...(consumers.length > MAX_CONSUMERS ? [tooMany('status.reservedFor', consumers.length, MAX_CONSUMERS)] : []),
    ...(old?.allocation !== undefined && status?.allocation !== undefined
      ? immutable('status.allocation', status.allocation, old.allocation)
      : []),
  ];
}

function stateText({ metadata, status }: ResourceV1ResourceClaim): string {
  const isDeleted = metadata.deletionTimestamp !== undefined;
  if (status?.allocation === undefined) return isDeleted ? 'deleted' : 'pending';
  const isReserved = (status.reservedFor ?? []).length > 0;
  return [...(isDeleted ? ['deleted'] : []), 'allocated', ...(isReserved ? ['reserved'] : [])].join(',');
}
