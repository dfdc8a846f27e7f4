import {
  dnsSubdomainProblems,
  forbiddenField,
  invalidValue,
  required,
  validateLabels,
  type FieldError,
} from '../../apimachinery/index.ts';
import { broken, definedOnly, invalidBy, oneOf, requiredOneOf } from '../field-rules.ts';
import type { Service, ServiceSpec } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validCidr, validIp, validUnicastIp } from './ip-validation.ts';
import { validateServicePorts } from './service-port-validation.ts';
import { isHeadless, isReachedFromOutside, needsHealthCheckNodePort } from './service-type.ts';

type Spec = Sent<ServiceSpec>;

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const TRAFFIC_POLICIES = ['Cluster', 'Local'];
const MAX_AFFINITY_SECONDS = 86_400;

export function validateService(service: Service): readonly FieldError[] {
  const spec: Spec = service.spec ?? {};
  return [
    ...requiredOneOf('spec.type', spec.type, TYPES),
    ...validateServicePorts(spec),
    ...validateLabels('spec.selector', definedOnly(spec.selector)),
    ...validateAffinity(spec),
    ...validateClusterIps(spec),
    ...validateExternalName(spec),
    ...(spec.externalIPs ?? []).flatMap((ip, index) => validUnicastIp(`spec.externalIPs[${index}]`, ip, false)),
    ...validateTraffic(spec),
    ...validateLoadBalancing(spec),
    ...validateFamilies(spec),
  ];
}

function validateAffinity({ sessionAffinity, sessionAffinityConfig }: Spec): readonly FieldError[] {
  const errors = [...requiredOneOf('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None'])];
  if (sessionAffinity !== 'ClientIP') return errors;
  const field = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 0;
  if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS) {
    errors.push(invalidValue(field, seconds, `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`));
  }
  return errors;
}

function validateClusterIps(spec: Spec): readonly FieldError[] {
  const { type = '', clusterIP = '', clusterIPs = [] } = spec;
  const field = 'spec.clusterIPs';
  if (type === 'ExternalName') {
    const why = "may not be set when `type` is 'ExternalName'";
    return broken([clusterIPs.length > 0 || clusterIP !== '', forbiddenField(field, why)]);
  }
  const first = clusterIPs[0] ?? clusterIP;
  return [
    ...broken(
      [
        isHeadless(spec) && type !== 'ClusterIP',
        invalidValue(`${field}[0]`, 'None', `may not be set to 'None' for ${type} services`),
      ],
      [first !== clusterIP, invalidValue(`${field}[0]`, clusterIPs, 'first value must match `clusterIP`')],
      [clusterIPs.length > 2, invalidValue(field, clusterIPs, 'may only hold up to 2 values')],
      [
        clusterIPs.length > 1 && clusterIPs.includes('None'),
        invalidValue(field, clusterIPs, "'None' must be the first and only value"),
      ],
    ),
    ...clusterIPs.flatMap((ip, index) => (ip === 'None' ? [] : validIp(`${field}[${index}]`, ip))),
  ];
}

function validateExternalName({ type, externalName = '' }: Spec): readonly FieldError[] {
  if (type !== 'ExternalName') return [];
  if (externalName === '') return [required('spec.externalName')];
  const name = externalName.endsWith('.') ? externalName.slice(0, -1) : externalName;
  return invalidBy('spec.externalName', externalName, dnsSubdomainProblems(name));
}

function validateTraffic(spec: Spec): readonly FieldError[] {
  const { externalTrafficPolicy = '', internalTrafficPolicy, type } = spec;
  const errors = [...oneOf('spec.internalTrafficPolicy', internalTrafficPolicy, TRAFFIC_POLICIES)];
  const field = 'spec.externalTrafficPolicy';
  if (isReachedFromOutside(spec)) {
    errors.push(...requiredOneOf(field, externalTrafficPolicy, TRAFFIC_POLICIES));
  } else if (externalTrafficPolicy !== '') {
    errors.push(invalidValue(field, externalTrafficPolicy, 'may only be set for externally-accessible services'));
  }
  if (type !== 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== undefined) {
    errors.push(forbiddenField('spec.allocateLoadBalancerNodePorts', ONLY_BALANCED));
  }
  if ((spec.healthCheckNodePort ?? 0) !== 0 && !needsHealthCheckNodePort(spec)) {
    const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(invalidValue('spec.healthCheckNodePort', spec.healthCheckNodePort, why));
  }
  return errors;
}

const ONLY_BALANCED = "may only be used when `type` is 'LoadBalancer'";

function validateLoadBalancing({
  type,
  loadBalancerSourceRanges = [],
  loadBalancerClass,
}: Spec): readonly FieldError[] {
  const field = 'spec.loadBalancerSourceRanges';
  if (type === 'LoadBalancer') {
    return loadBalancerSourceRanges.flatMap((range, index) => validCidr(`${field}[${index}]`, range.trim()));
  }
  return [
    ...(loadBalancerSourceRanges.length > 0 ? [forbiddenField(field, ONLY_BALANCED)] : []),
    ...(loadBalancerClass === undefined ? [] : [forbiddenField('spec.loadBalancerClass', ONLY_BALANCED)]),
  ];
}

function validateFamilies({ ipFamilyPolicy, ipFamilies = [] }: Spec): readonly FieldError[] {
  return [
    ...oneOf('spec.ipFamilyPolicy', ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack']),
    ...ipFamilies.flatMap((family, index) => oneOf(`spec.ipFamilies[${index}]`, family, ['IPv4', 'IPv6'])),
  ];
}
