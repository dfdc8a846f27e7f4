import { isIPv6 } from 'node:net';
import { duplicate, forbiddenField, invalidValue, type FieldError } from '../../apimachinery/index.ts';
import { broken, oneOf } from '../field-rules.ts';
import type { ServiceSpec } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validIp } from './ip-validation.ts';
import { isHeadless, needsClusterIp } from './service-type.ts';

type Spec = Sent<ServiceSpec>;

const FIELD = 'spec.clusterIPs';

/** The cluster IPs and the address families, which must tell the same. */
export function validateServiceAddresses(spec: Spec): readonly FieldError[] {
  if (!needsClusterIp(spec)) return addressesOfAlias(spec);
  const ofIps = validateIps(spec);
  return [
    ...validateFirst(spec),
    ...validateFamilies(spec),
    ...ofIps,
    ...(ofIps.length > 0 ? [] : [...oneOfEachFamily(spec), ...asFamiliesSay(spec)]),
  ];
}

function addressesOfAlias({ clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy }: Spec): FieldError[] {
  const why = 'may not be set for ExternalName services';
  return broken(
    [clusterIPs.length > 0 || clusterIP !== '', forbiddenField(FIELD, why)],
    [ipFamilies.length > 0, forbiddenField('spec.ipFamilies', why)],
    [ipFamilyPolicy !== undefined, forbiddenField('spec.ipFamilyPolicy', why)],
  );
}

function validateFirst(spec: Spec): readonly FieldError[] {
  const { type = '', clusterIP = '', clusterIPs = [] } = spec;
  const [first] = clusterIPs;
  return broken(
    [
      isHeadless(spec) && (type === 'NodePort' || type === 'LoadBalancer'),
      invalidValue(`${FIELD}[0]`, 'None', `may not be set to 'None' for ${type} services`),
    ],
    [
      clusterIP !== '' && first !== undefined && first !== clusterIP,
      invalidValue(FIELD, clusterIPs, 'first value must match `clusterIP`'),
    ],
    [
      clusterIP === '' && first !== undefined,
      invalidValue(FIELD, clusterIPs, 'must be empty when `clusterIP` is not specified'),
    ],
  );
}

function validateFamilies({ ipFamilyPolicy, ipFamilies = [] }: Spec): readonly FieldError[] {
  return [
    ...ipFamilies.flatMap((family, index) => [
      ...oneOf(`spec.ipFamilies[${index}]`, family, ['IPv4', 'IPv6']),
      ...(ipFamilies.indexOf(family) < index ? [duplicate(`spec.ipFamilies[${index}]`, family)] : []),
    ]),
    ...oneOf('spec.ipFamilyPolicy', ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack']),
  ];
}

function validateIps({ clusterIPs = [] }: Spec): readonly FieldError[] {
  const isNone = clusterIPs[0] === 'None';
  return [
    ...broken([
      isNone && clusterIPs.length > 1,
      invalidValue(FIELD, clusterIPs, "'None' must be the first and only value"),
    ]),
    ...clusterIPs.flatMap((ip, index) => (isNone && index === 0 ? [] : validIp(`${FIELD}[${index}]`, ip))),
    ...broken([clusterIPs.length > 2, invalidValue(FIELD, clusterIPs, 'may only hold up to 2 values')]),
  ];
}

function oneOfEachFamily({ clusterIPs = [] }: Spec): readonly FieldError[] {
  const families = new Set(clusterIPs.map(isIPv6));
  return broken([
    families.size < clusterIPs.length,
    invalidValue(FIELD, clusterIPs, 'may specify no more than one IP for each IP family'),
  ]);
}

function asFamiliesSay(spec: Spec): readonly FieldError[] {
  const { clusterIPs = [], ipFamilies = [] } = spec;
  if (isHeadless(spec)) return [];
  return clusterIPs.flatMap((ip, index) => {
    const family = ipFamilies[index];
    if (family === undefined || family === (isIPv6(ip) ? 'IPv6' : 'IPv4')) return [];
    return [
      invalidValue(`${FIELD}[${index}]`, ip, `expected an ${family} value as indicated by \`ipFamilies[${index}]\``),
    ];
  });
}
