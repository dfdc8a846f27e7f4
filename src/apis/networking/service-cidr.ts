import { invalidValue, required, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { immutable } from '../field-rules.ts';
import type { ServiceCIDR } from '../generated/wire-types.ts';
import { withoutStatus, withStatusOf } from '../status-rules.ts';
import { parseCidr, validateCidr } from './cidr.ts';

const MAX_RANGES = 2;

export const serviceCidrs: ResourceDefinition<ServiceCIDR> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  singular: 'servicecidr',
  namespaced: false,
  schema: 'k8s.io/api/networking/v1.ServiceCIDR',
  subresources: [{ type: 'status', name: 'status' }],
  strategy: {
    prepareForCreate: withoutStatus,
    prepareForUpdate: withStatusOf,
    validate: ({ spec }) => validateRanges('spec.cidrs', spec?.cidrs ?? []),
    // A second family may be added to one that is alone.
    validateUpdate: ({ spec }, old) => {
      const before = old.spec?.cidrs ?? [];
      const now = spec?.cidrs ?? [];
      const isGrowth = before.length === 1 && now.length === MAX_RANGES;
      return isGrowth ? immutable('spec.cidrs[0]', now[0], before[0]) : immutable('spec.cidrs', now, before);
    },
  },
  columns: [
    nameColumn,
    {
      name: 'CIDRs',
      type: 'string',
      description: 'Ranges that cluster IPs are taken from.',
      value: ({ spec }) => (spec?.cidrs ?? []).join(','),
    },
    ageColumn,
  ],
};

function validateRanges(field: string, cidrs: readonly string[]): readonly FieldError[] {
  if (cidrs.length === 0) return [required(field, 'at least one CIDR required')];
  if (cidrs.length > MAX_RANGES) return [invalidValue(field, cidrs, 'may only hold up to 2 values')];
  const errors = cidrs.flatMap((cidr, index) => validateCidr(`${field}[${index}]`, cidr));
  const families = new Set(cidrs.map((cidr) => parseCidr(cidr)?.family));
  if (errors.length > 0 || families.size === cidrs.length) return errors;
  const why = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
  return [invalidValue(field, cidrs, why)];
}
