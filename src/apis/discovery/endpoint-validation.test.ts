import { expect, it } from 'vitest';
import type { Endpoint, EndpointPort } from '../generated/wire-types.ts';
import { validateEndpointPorts, validateEndpoints } from './endpoint-validation.ts';

const texts = (errors: readonly { readonly field: string; readonly message: string }[]) =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const at = 'endpoints[0]';

it.each<[Endpoint, string, readonly string[]]>([
  [{ addresses: ['10.0.0.1'], hostname: 'a', nodeName: 'n.x', hints: { forZones: [{ name: 'z' }] } }, 'IPv4', []],
  [{ addresses: [] }, 'IPv4', [`${at}.addresses: Required value: must contain at least 1 address`]],
  [{ addresses: ['::1', 'x'] }, 'IPv4', ['0', '1'].map((index) => addressError(index, 'IPv4'))],
  [{ addresses: ['10.0.0.1', 'x'] }, 'IPv6', ['0', '1'].map((index) => addressError(index, 'IPv6'))],
  [
    { addresses: ['169.254.1.1'] },
    'IPv4',
    [
      `${at}.addresses[0]: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)`,
    ],
  ],
  [{ addresses: ['a.example.com.'] }, 'FQDN', []],
  [
    { addresses: ['', 'example'] },
    'FQDN',
    [
      `${at}.addresses[0]: Required value`,
      `${at}.addresses[1]: Invalid value: "example": should be a domain with at least two segments separated by dots`,
    ],
  ],
  [
    { addresses: ['10.0.0.1'], hints: { forZones: [{ name: 'a' }, { name: 'a' }] } },
    'IPv4',
    [`${at}.hints.forZones[1].name: Duplicate value: "a"`],
  ],
  [
    { addresses: ['10.0.0.1'], hints: { forZones: Array.from({ length: 9 }, (_, index) => ({ name: `z${index}` })) } },
    'IPv4',
    [`${at}.hints.forZones: Too many: 9: must have at most 8 items`],
  ],
])('judges %j among addresses of type %s', (endpoint, type, expected) => {
  expect(texts(validateEndpoints([endpoint], type))).toEqual(expected);
});

function addressError(index: string, type: string): string {
  const values = type === 'IPv4' ? ['::1', 'x'] : ['10.0.0.1', 'x'];
  const value = JSON.stringify(values[Number(index)]);
  return `${at}.addresses[${index}]: Invalid value: ${value}: must be an ${type} address`;
}

it.each<[readonly EndpointPort[], readonly string[]]>([
  [[{ name: 'a', protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' }], []],
  [[{ name: 'a' }], ['ports[0].protocol: Required value']],
  [
    [
      { name: 'a', protocol: 'TCP' },
      { name: 'a', protocol: 'X' },
    ],
    [
      'ports[1].name: Duplicate value: "a"',
      'ports[1].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
    ],
  ],
])('judges ports %j', (ports, expected) => {
  expect(texts(validateEndpointPorts(ports))).toEqual(expected);
});

it('says of what there are too many', () => {
  expect(texts(validateEndpoints(Array<Endpoint>(1001).fill({ addresses: [] }), 'IPv4'))).toEqual([
    'endpoints: Too many: 1001: must have at most 1000 items',
  ]);
});
