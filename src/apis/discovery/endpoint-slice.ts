import { isIPv4, isIPv6 } from 'node:net';
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  duplicate,
  invalidValue,
  required,
  tooMany,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, firstThree, nameColumn } from '../columns.ts';
import { immutable, invalidBy, oneOf, requiredOneOf } from '../field-rules.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;

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
      value: (object) => firstThree(endpointsOf(object).flatMap(({ addresses = [] }) => addresses)),
    },
    ageColumn,
  ],
};

function defaults(slice: EndpointSlice): EndpointSlice {
  if (slice.ports === undefined) return slice;
  return { ...slice, ports: slice.ports.map((port) => ({ name: '', protocol: 'TCP', ...port })) };
}

function endpointsOf(slice: Sent<EndpointSlice>): readonly Sent<Endpoint>[] {
  return slice.endpoints ?? [];
}

function validate(slice: EndpointSlice): readonly FieldError[] {
  const { addressType, ports = [] }: Sent<EndpointSlice> = slice;
  const all = endpointsOf(slice);
  return [
    ...requiredOneOf('addressType', addressType, ['IPv4', 'IPv6', 'FQDN']),
    ...(all.length > MAX_ENDPOINTS ? [tooMany('endpoints', all.length, MAX_ENDPOINTS)] : []),
    ...all.flatMap((endpoint, index) => validateEndpoint(`endpoints[${index}]`, endpoint, addressType)),
    ...(ports.length > MAX_PORTS ? [tooMany('ports', ports.length, MAX_PORTS)] : []),
    ...validatePorts(ports),
  ];
}

function validateEndpoint(
  field: string,
  { addresses = [], hostname = '' }: Sent<Endpoint>,
  addressType: string | undefined,
): readonly FieldError[] {
  return [
    ...(addresses.length === 0 ? [required(`${field}.addresses`, 'must contain at least 1 address')] : []),
    ...(addresses.length > MAX_ADDRESSES ? [tooMany(`${field}.addresses`, addresses.length, MAX_ADDRESSES)] : []),
    ...addresses.flatMap((address, index) => validateAddress(`${field}.addresses[${index}]`, address, addressType)),
    ...(hostname === '' ? [] : invalidBy(`${field}.hostname`, hostname, dnsLabelProblems(hostname))),
  ];
}

function validateAddress(field: string, address: string, addressType: string | undefined): readonly FieldError[] {
  switch (addressType) {
    case 'IPv4':
      return isIPv4(address) ? [] : [invalidValue(field, address, 'must be an IPv4 address')];
    case 'IPv6':
      return isIPv6(address) ? [] : [invalidValue(field, address, 'must be an IPv6 address')];
    case 'FQDN':
      return invalidBy(field, address, dnsSubdomainProblems(address));
    default:
      return [];
  }
}

function validatePorts(ports: readonly Sent<EndpointPort>[]): readonly FieldError[] {
  const names = ports.map(({ name = '' }) => name);
  return ports.flatMap(({ name = '', protocol }, index) => [
    ...(name === '' ? [] : invalidBy(`ports[${index}].name`, name, dnsLabelProblems(name))),
    ...(names.indexOf(name) < index ? [duplicate(`ports[${index}].name`, name)] : []),
    ...oneOf(`ports[${index}].protocol`, protocol, ['TCP', 'UDP', 'SCTP']),
  ]);
}
