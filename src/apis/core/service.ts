import { allowingPrefix, rfc1035LabelProblems } from '../../apimachinery/index.ts';
import type { Column, ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, labelsText, nameColumn, NONE } from '../columns.ts';
import type { Service } from '../generated/wire-types.ts';
import { withAllocationsOf, withoutFieldsOfOldType } from './service-change.ts';
import { serviceDefaults } from './service-defaults.ts';
import { validateServiceStatus } from './service-status-validation.ts';
import { validateServiceUpdate } from './service-update-validation.ts';
import { validateService } from './service-validation.ts';

const columns: readonly Column<Service>[] = [
  nameColumn,
  { name: 'Type', type: 'string', description: 'How it is exposed.', value: (service) => service.spec?.type ?? '' },
  {
    name: 'Cluster-IP',
    type: 'string',
    description: 'Address within the cluster.',
    value: ({ spec }) => spec?.clusterIPs?.[0] ?? (spec?.clusterIP || NONE),
  },
  { name: 'External-IP', type: 'string', description: 'Addresses from outside.', value: externalAddress },
  { name: 'Port(s)', type: 'string', description: 'Ports, those of nodes after a colon.', value: portsText },
  ageColumn,
  {
    name: 'Selector',
    type: 'string',
    priority: 1,
    description: 'Labels of the pods behind it.',
    value: (service) => labelsText(service.spec?.selector),
  },
];

export const services: ResourceDefinition<Service> = {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  schema: 'k8s.io/api/core/v1.Service',
  subresources: [{ type: 'status', name: 'status', validateUpdate: validateServiceStatus }],
  strategy: {
    createOnUpdate: true,
    defaults: serviceDefaults,
    prepareForCreate: (service) => ({ ...service, status: { loadBalancer: {} } }),
    prepareForUpdate: (service, old) => ({
      ...withAllocationsOf(withoutFieldsOfOldType(service, old), old),
      status: statusAfter(service, old),
    }),
    validateName: allowingPrefix(rfc1035LabelProblems),
    validate: validateService,
    validateUpdate: validateServiceUpdate,
  },
  columns,
  fieldSelectors: {
    'spec.clusterIP': (service) => service.spec?.clusterIP ?? '',
    'spec.type': (service) => service.spec?.type ?? '',
  },
};

/** Only a balanced Service has addresses of a balancer. */
function statusAfter({ spec }: Service, { status }: Service): NonNullable<Service['status']> {
  if (spec?.type !== 'LoadBalancer') return { ...status, loadBalancer: {} };
  return status ?? { loadBalancer: {} };
}

function externalAddress({ spec = {}, status }: Service): string {
  const own = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ExternalName':
      return spec.externalName ?? '';
    case 'LoadBalancer': {
      const ingress = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '');
      const balanced = [...new Set(ingress)].filter((address) => address !== '').sort();
      return [...balanced, ...own].join(',') || '<pending>';
    }
    default:
      return own.join(',') || NONE;
  }
}

function portsText({ spec }: Service): string {
  const texts = (spec?.ports ?? []).map(({ port, nodePort = 0, protocol = 'TCP' }) =>
    nodePort > 0 ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return texts.join(',') || NONE;
}
