import { expect, it } from 'vitest';
import type { Service } from '../../../src/apis/index.ts';
import { withAddressFamilies } from './address-families.ts';

type Spec = NonNullable<Service['spec']>;

function serviceOf(spec: Spec): Service {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec };
}

const selector = { app: 'web' };

it.each<[string, Spec, Partial<Spec>]>([
  ['nothing', { selector }, { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }],
  [
    'either',
    { selector, ipFamilyPolicy: 'PreferDualStack' },
    { ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' },
  ],
  ['no address', { selector, clusterIP: 'None' }, { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }],
  [
    'no address and no pods',
    { clusterIP: 'None', clusterIPs: ['None'] },
    { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' },
  ],
  [
    'no address and no pods, but one family',
    { clusterIP: 'None', ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' },
    { ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' },
  ],
])('gives families to a Service that asks for %s', (_, spec, expected) => {
  expect(withAddressFamilies(serviceOf(spec), undefined).spec).toMatchObject(expected);
});

it.each<[string, Spec, string]>([
  [
    'both families',
    { selector, ipFamilyPolicy: 'RequireDualStack' },
    'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
  ],
  [
    'the other family',
    { selector, ipFamilies: ['IPv6'] },
    'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
  ],
  [
    'an address of the other family',
    { selector, clusterIP: '::1', clusterIPs: ['::1'] },
    'spec.clusterIPs[0]: Invalid value: ["::1"]: IPv6 is not configured on this cluster',
  ],
  [
    'two families as one',
    { selector, ipFamilies: ['IPv4', 'IPv6'] },
    `spec.ipFamilyPolicy: Invalid value: "SingleStack": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified`,
  ],
  [
    'two different addresses at once',
    { selector, clusterIP: '10.0.96.7', clusterIPs: ['10.0.96.8'] },
    'spec.clusterIPs: Invalid value: ["10.0.96.8"]: first value must match `clusterIP`',
  ],
])('refuses a Service that asks for %s', (_, spec, message) => {
  expect(() => withAddressFamilies(serviceOf(spec), undefined)).toThrow(`Service "web" is invalid: ${message}`);
});

it('takes the second family back from who asks for a single stack', () => {
  const before = withAddressFamilies(serviceOf({ clusterIP: 'None' }), undefined);
  const next = serviceOf({ ...before.spec, ipFamilyPolicy: 'SingleStack' });
  expect(withAddressFamilies(next, before).spec?.ipFamilies).toEqual(['IPv4']);
});
