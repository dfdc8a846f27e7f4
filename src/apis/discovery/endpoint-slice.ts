import type { FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, firstThree, nameColumn } from '../columns.ts';
import { immutable, requiredOneOf } from '../field-rules.ts';
import type { EndpointSlice } from '../generated/wire-types.ts';
import { validateEndpointPorts, validateEndpoints } from './endpoint-validation.ts';

export const endpointSlices: ResourceDefinition<EndpointSlice> = {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  schema: 'k8s.io/api/discovery/v1.EndpointSlice',
  strategy: {
    defaults,
    validate,
    validateUpdate: (object, old) => immutable('addressType', object.addressType, old.addressType),
  },
  columns: [
    nameColumn,
    {
      name: 'AddressType',
      type: 'string',
      description: 'Whether the addresses are IPv4, IPv6 or names.',
      value: (object) => object.addressType,
    },
    {
      name: 'Ports',
      type: 'string',
      description: 'Ports of every endpoint.',
      value: ({ ports = [] }) => firstThree(ports.map(({ port, name }) => String(port ?? name ?? '*'))),
    },
    {
      name: 'Endpoints',
      type: 'string',
      description: 'Addresses of the endpoints.',
      value: (object) => firstThree((object.endpoints ?? []).flatMap(({ addresses }) => addresses)),
    },
    ageColumn,
  ],
};

function defaults(slice: EndpointSlice): EndpointSlice {
  if (slice.ports === undefined) return slice;
  return { ...slice, ports: slice.ports.map((port) => ({ name: '', protocol: 'TCP', ...port })) };
}

function validate({ addressType, endpoints = [], ports = [] }: EndpointSlice): readonly FieldError[] {
  return [
    ...requiredOneOf('addressType', addressType, ['FQDN', 'IPv4', 'IPv6']),
    ...validateEndpoints(endpoints, addressType),
    ...validateEndpointPorts(ports),
  ];
}
