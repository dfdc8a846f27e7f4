import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { ServiceAccount } from '../generated/wire-types.ts';

export const serviceAccounts: ResourceDefinition<ServiceAccount> = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  schema: 'k8s.io/api/core/v1.ServiceAccount',
  strategy: {},
  columns: [
    nameColumn,
    {
      name: 'Secrets',
      type: 'string',
      description: 'Number of Secrets that its pods may use.',
      value: (object) => object.secrets?.length ?? 0,
    },
    ageColumn,
  ],
};
