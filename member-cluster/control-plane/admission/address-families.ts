import { isIPv6 } from 'node:net';
import { invalid, invalidValue, type FieldError } from '../../../src/apimachinery/index.ts';
import { isHeadless, validateServiceAddresses, type Service } from '../../../src/apis/index.ts';

type Spec = NonNullable<Service['spec']>;

/** Members have addresses of this one family. */
const FAMILY = 'IPv4';

/**
 * The Service with the address families that it has here, which only one without cluster IP and selector may choose:
 * somebody else knows the addresses of its endpoints. Throws `Invalid`.
 */
export function withAddressFamilies(service: Service, old: Service | undefined): Service {
  const policy = service.spec?.ipFamilyPolicy ?? (isFree(service) ? 'RequireDualStack' : 'SingleStack');
  const spec = withoutSecond({ ...service.spec, ipFamilyPolicy: policy }, old?.spec);
  refuse(service, validateServiceAddresses(spec));
  refuse(service, [...policyErrors(spec), ...unknownFamilies(spec)]);
  if (isFree(service)) return { ...service, spec: { ...spec, ipFamilies: freeFamilies(spec) } };
  refuse(service, [...dualStackErrors(spec), ...unservedFamilies(spec)]);
  return { ...service, spec: { ...spec, ipFamilies: [FAMILY] } };
}

function isFree({ spec = {} }: Service): boolean {
  return isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0;
}

/** Who asks for a single stack and leaves the rest as it was gives the second family back. */
function withoutSecond(spec: Spec, before: Spec | undefined): Spec {
  const { ipFamilyPolicy, ipFamilies = [] } = spec;
  const isKept = ipFamilies.length > 1 && ipFamilies.join() === before?.ipFamilies?.join();
  return ipFamilyPolicy === 'SingleStack' && isKept ? { ...spec, ipFamilies: ipFamilies.slice(0, 1) } : spec;
}

function policyErrors({ ipFamilyPolicy, clusterIPs = [], ipFamilies = [] }: Spec): readonly FieldError[] {
  if (ipFamilyPolicy !== 'SingleStack') return [];
  const why = (what: string) => `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`;
  return [
    ...(clusterIPs.length === 2 ? [invalidValue(POLICY, ipFamilyPolicy, why('cluster IPs'))] : []),
    ...(ipFamilies.length === 2 ? [invalidValue(POLICY, ipFamilyPolicy, why('IP families'))] : []),
  ];
}

const POLICY = 'spec.ipFamilyPolicy';

/** Of addresses that are named without their family. */
function unknownFamilies({ clusterIPs = [], ipFamilies = [] }: Spec): readonly FieldError[] {
  return clusterIPs.flatMap((ip, index) =>
    index >= ipFamilies.length && isIPv6(ip)
      ? [invalidValue(`spec.clusterIPs[${index}]`, clusterIPs, 'IPv6 is not configured on this cluster')]
      : [],
  );
}

function freeFamilies({ ipFamilyPolicy, ipFamilies = [] }: Spec): readonly string[] {
  const families = ipFamilies.length === 0 ? [FAMILY] : ipFamilies;
  if (ipFamilyPolicy === 'SingleStack' || families.length > 1) return families;
  return [...families, families[0] === 'IPv4' ? 'IPv6' : 'IPv4'];
}

function dualStackErrors({ ipFamilyPolicy }: Spec): readonly FieldError[] {
  if (ipFamilyPolicy !== 'RequireDualStack') return [];
  return [invalidValue(POLICY, ipFamilyPolicy, 'this cluster is not configured for dual-stack services')];
}

function unservedFamilies({ ipFamilies = [] }: Spec): readonly FieldError[] {
  return ipFamilies.flatMap((family, index) =>
    family === FAMILY ? [] : [invalidValue(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster')],
  );
}

function refuse({ metadata }: Service, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: '', kind: 'Service' }, metadata.name ?? '', errors);
}
