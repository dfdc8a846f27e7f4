import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, firstThree, nameColumn, NONE } from '../columns.ts';
import type { Ingress } from '../generated/wire-types.ts';
import { withoutStatus, withStatusOf } from '../status-rules.ts';
import { validateIngress } from './ingress-validation.ts';

export const ingresses: ResourceDefinition<Ingress> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  singular: 'ingress',
  shortNames: ['ing'],
  namespaced: true,
  schema: 'k8s.io/api/networking/v1.Ingress',
  subresources: [{ type: 'status', name: 'status' }],
  strategy: { prepareForCreate: withoutStatus, prepareForUpdate: withStatusOf, validate: validateIngress },
  columns: [
    nameColumn,
    {
      name: 'Class',
      type: 'string',
      description: 'Who serves it.',
      value: ({ spec }) => spec?.ingressClassName ?? NONE,
    },
    { name: 'Hosts', type: 'string', description: 'Names it answers to.', value: hostsText },
    { name: 'Address', type: 'string', description: 'Where it is reached.', value: addressText },
    {
      name: 'Ports',
      type: 'string',
      description: 'Ports it listens on.',
      value: ({ spec }) => ((spec?.tls ?? []).length > 0 ? '80, 443' : '80'),
    },
    ageColumn,
  ],
};

function hostsText({ spec }: Ingress): string {
  const hosts = (spec?.rules ?? []).map(({ host = '' }) => host).filter((host) => host !== '');
  return firstThree(hosts, '*');
}

function addressText({ status }: Ingress): string {
  const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '');
  return [...new Set(addresses)]
    .filter((address) => address !== '')
    .sort()
    .join(',');
}
