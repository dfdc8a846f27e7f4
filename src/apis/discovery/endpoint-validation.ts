import { isIPv4, isIPv6 } from 'node:net';
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  duplicate,
  invalidValue,
  labelKeyProblems,
  labelValueProblems,
  required,
  tooMany,
  validateLabels,
  type FieldError,
} from '../../apimachinery/index.ts';
import { validUnicastIp } from '../core/ip-validation.ts';
import { invalidBy, requiredOneOf } from '../field-rules.ts';
import type { Endpoint, EndpointHints, EndpointPort } from '../generated/wire-types.ts';

const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;
const MAX_TOPOLOGY_LABELS = 16;
const MAX_HINTS = 8;

/** Endpoints of a slice whose addresses are all of one type. */
export function validateEndpoints(endpoints: readonly Endpoint[], addressType: string): readonly FieldError[] {
  if (endpoints.length > MAX_ENDPOINTS) return [tooMany('endpoints', endpoints.length, MAX_ENDPOINTS)];
  return endpoints.flatMap((endpoint, index) => validateEndpoint(`endpoints[${index}]`, endpoint, addressType));
}

function validateEndpoint(field: string, endpoint: Endpoint, addressType: string): readonly FieldError[] {
  const { addresses, hostname, nodeName, deprecatedTopology = {}, hints = {} } = endpoint;
  const labels = Object.keys(deprecatedTopology).length;
  return [
    ...(addresses.length === 0 ? [required(`${field}.addresses`, 'must contain at least 1 address')] : []),
    ...atMost(`${field}.addresses`, addresses.length, MAX_ADDRESSES),
    ...addresses.flatMap((address, index) => validateAddress(`${field}.addresses[${index}]`, address, addressType)),
    ...(nodeName === undefined ? [] : invalidBy(`${field}.nodeName`, nodeName, dnsSubdomainProblems(nodeName))),
    ...atMost(`${field}.deprecatedTopology`, labels, MAX_TOPOLOGY_LABELS),
    ...validateLabels(`${field}.deprecatedTopology`, deprecatedTopology),
    ...(hostname === undefined ? [] : invalidBy(`${field}.hostname`, hostname, dnsLabelProblems(hostname))),
    ...validateHints(`${field}.hints`, hints),
  ];
}

function atMost(field: string, count: number, limit: number): readonly FieldError[] {
  return count > limit ? [tooMany(field, count, limit)] : [];
}

function validateAddress(field: string, address: string, addressType: string): readonly FieldError[] {
  switch (addressType) {
    case 'IPv4':
      return isIPv4(address)
        ? validUnicastIp(field, address, true)
        : [invalidValue(field, address, 'must be an IPv4 address')];
    case 'IPv6':
      return isIPv6(address)
        ? validUnicastIp(field, address, true)
        : [invalidValue(field, address, 'must be an IPv6 address')];
    case 'FQDN':
      return validateFullName(field, address);
    default:
      return [];
  }
}

function validateFullName(field: string, address: string): readonly FieldError[] {
  if (address === '') return [required(field)];
  const name = address.endsWith('.') ? address.slice(0, -1) : address;
  const problems = dnsSubdomainProblems(name);
  if (problems.length > 0) return invalidBy(field, name, problems);
  const labels = name.split('.');
  if (labels.length < 2) {
    return [invalidValue(field, name, 'should be a domain with at least two segments separated by dots')];
  }
  return labels.flatMap((label) => invalidBy(field, label, dnsLabelProblems(label)));
}

function validateHints(field: string, { forZones = [], forNodes = [] }: EndpointHints): readonly FieldError[] {
  return [
    ...validateHintNames(`${field}.forZones`, forZones, labelValueProblems),
    ...validateHintNames(`${field}.forNodes`, forNodes, dnsSubdomainProblems),
  ];
}

function validateHintNames(
  field: string,
  hints: readonly { readonly name: string }[],
  problemsOf: (name: string) => readonly string[],
): readonly FieldError[] {
  if (hints.length > MAX_HINTS) return [tooMany(field, hints.length, MAX_HINTS)];
  const names = hints.map(({ name }) => name);
  return names.flatMap((name, index) => [
    ...(names.indexOf(name) < index ? [duplicate(`${field}[${index}].name`, name)] : []),
    ...invalidBy(`${field}[${index}].name`, name, problemsOf(name)),
  ]);
}

export function validateEndpointPorts(ports: readonly EndpointPort[]): readonly FieldError[] {
  if (ports.length > MAX_PORTS) return [tooMany('ports', ports.length, MAX_PORTS)];
  const names = ports.map(({ name = '' }) => name);
  return ports.flatMap(({ name = '', protocol, appProtocol }, index) => [
    ...(name === '' ? [] : invalidBy(`ports[${index}].name`, name, dnsLabelProblems(name))),
    ...(names.indexOf(name) < index ? [duplicate(`ports[${index}].name`, name)] : []),
    ...requiredOneOf(`ports[${index}].protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
    ...(appProtocol === undefined
      ? []
      : invalidBy(`ports[${index}].appProtocol`, appProtocol, labelKeyProblems(appProtocol))),
  ]);
}
