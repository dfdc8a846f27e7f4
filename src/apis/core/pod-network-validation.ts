import { isIP } from 'node:net';
import { dnsSubdomainProblems, invalidValue, required, type FieldError } from '../../apimachinery/index.ts';
import { broken, invalidBy } from '../field-rules.ts';
import type { PodDNSConfig, PodSpec } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validIp } from './ip-validation.ts';

const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_CHARACTERS = 2048;

/** Names a pod can look up, and how. */
export function validatePodNetwork(field: string, spec: Sent<PodSpec>): readonly FieldError[] {
  const { dnsPolicy, dnsConfig, hostAliases = [] } = spec;
  const isServed = dnsPolicy !== 'None' || (dnsConfig?.nameservers ?? []).length > 0;
  const why = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
  return [
    ...(isServed ? [] : [required(`${field}.dnsConfig.nameservers`, why)]),
    ...validateDnsConfig(`${field}.dnsConfig`, dnsConfig ?? {}),
    ...hostAliases.flatMap(({ ip = '', hostnames = [] }, index) => [
      ...validIp(`${field}.hostAliases[${index}].ip`, ip),
      ...hostnames.flatMap((name, position) =>
        invalidBy(`${field}.hostAliases[${index}].hostnames[${position}]`, name, dnsSubdomainProblems(name)),
      ),
    ]),
  ];
}

function validateDnsConfig(field: string, config: Sent<PodDNSConfig>): readonly FieldError[] {
  const { nameservers = [], searches = [], options = [] } = config;
  return [
    ...broken(
      [
        nameservers.length > MAX_NAMESERVERS,
        invalidValue(`${field}.nameservers`, nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`),
      ],
      [
        searches.length > MAX_SEARCHES,
        invalidValue(`${field}.searches`, searches, `must not have more than ${MAX_SEARCHES} search paths`),
      ],
      [
        searches.join(' ').length > MAX_SEARCH_CHARACTERS,
        invalidValue(
          `${field}.searches`,
          searches,
          `must not have more than ${MAX_SEARCH_CHARACTERS} characters (including spaces) in the search list`,
        ),
      ],
    ),
    ...nameservers.flatMap((address, index) =>
      isIP(address) === 0 ? [invalidValue(`${field}.nameservers[${index}]`, address, 'must be valid IP address')] : [],
    ),
    ...searches.flatMap((name, index) => {
      const plain = name.replace(/\.$/, '');
      return plain === '' && name !== ''
        ? []
        : invalidBy(`${field}.searches[${index}]`, name, dnsSubdomainProblems(plain));
    }),
    ...options.flatMap(({ name = '' }, index) =>
      name === '' ? [required(`${field}.options[${index}]`, 'must not be empty')] : [],
    ),
  ];
}
