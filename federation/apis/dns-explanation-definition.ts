import { isIP } from 'node:net';
import { invalidValue, required, type FieldError } from '../../src/apimachinery/index.ts';
import type { ResourceDefinition } from '../../src/apiserver/index.ts';
import { dnsSchema } from './dns-explanation-schemas.ts';
import type { DnsExplanation } from './dns-explanation.ts';

/** Asked and not stored; who serves it gives it its answer. */
export const dnsExplanations: Omit<ResourceDefinition<DnsExplanation>, 'answer'> = {
  group: 'dns.koinon.dev',
  version: 'v1alpha1',
  kind: 'DNSExplanation',
  plural: 'dnsexplanations',
  singular: 'dnsexplanation',
  namespaced: false,
  verbs: ['create'],
  schema: dnsSchema('DNSExplanation'),
  strategy: {
    prepareForCreate: ({ status: _ignored, ...asked }) => asked,
    validate: problemsOf,
    validateName: () => [],
  },
};

const MAX_NAME = 253;
const MAX_RECENT = 1_000;
const NAME = /^[a-z0-9_*-]+(\.[a-z0-9_-]+)*\.?$/i;
const TYPE = /^(A|AAAA|CNAME|TXT|SRV|PTR|NS|MX|CAA|SVCB|HTTPS|SOA|ANY|TYPE\d{1,5})$/;

function problemsOf({ spec = {} }: DnsExplanation): readonly FieldError[] {
  const { name = '', type = 'A', client, recent = 0 } = spec;
  const isClientOk = client === undefined || isClient(client);
  const isCount = recent >= 0 && recent <= MAX_RECENT;
  return [
    ...nameProblems(name),
    ...(TYPE.test(type) ? [] : [invalidValue('spec.type', type, 'must be a type of record such as A, AAAA or TYPE65')]),
    ...(isClientOk
      ? []
      : [invalidValue('spec.client', client, 'must be an address, or a prefix such as 192.0.2.0/24')]),
    ...(isCount ? [] : [invalidValue('spec.recent', recent, `must be from 0 to ${MAX_RECENT}`)]),
  ];
}

function nameProblems(name: string): readonly FieldError[] {
  if (name === '') return [required('spec.name', 'which name is to be explained')];
  if (name.length <= MAX_NAME && NAME.test(name)) return [];
  return [invalidValue('spec.name', name, 'must be a DNS name')];
}

function isClient(text: string): boolean {
  const [address = '', length, ...more] = text.split('/');
  const width = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const isLength = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= width);
  return width > 0 && isLength && more.length === 0;
}
