import {
  dnsSubdomainProblems,
  forbiddenField,
  invalidValue,
  labelKeyProblems,
  notSupportedAmong,
  required,
  validateLabels,
  type FieldError,
} from '../../apimachinery/index.ts';
import { definedOnly, invalidBy, oneOf, requiredOneOf, validPort } from '../field-rules.ts';
import type { Service, ServiceSpec } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validCidr, validUnicastIp } from './ip-validation.ts';
import { validateServiceAddresses } from './service-address-validation.ts';
import { validateServicePorts } from './service-port-validation.ts';
import { isReachedFromOutside, needsHealthCheckNodePort } from './service-type.ts';

type Spec = Sent<ServiceSpec>;

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const TRAFFIC_POLICIES = ['Cluster', 'Local'];
const MAX_AFFINITY_SECONDS = 86_400;

export function validateService(service: Service): readonly FieldError[] {
  const spec: Spec = service.spec ?? {};
  return [
    ...validateTopologyAnnotations(service),
    ...requiredOneOf('spec.type', spec.type, TYPES),
    ...validateServicePorts(spec),
    ...validateLabels('spec.selector', definedOnly(spec.selector)),
    ...validateAffinity(spec),
    ...validateServiceAddresses(spec),
    ...validateExternalName(spec),
    ...(spec.externalIPs ?? []).flatMap((ip, index) => validUnicastIp(`spec.externalIPs[${index}]`, ip, false)),
    ...validateTraffic(spec),
    ...validateSourceRanges(service),
    ...validateLoadBalancing(spec),
    ...validateDistribution(spec),
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

function validateExternalName({ type, externalName = '' }: Spec): readonly FieldError[] {
  if (type !== 'ExternalName') return [];
  const name = externalName.endsWith('.') ? externalName.slice(0, -1) : externalName;
  if (name === '') return [required('spec.externalName')];
  return invalidBy('spec.externalName', name, dnsSubdomainProblems(name));
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
  const { healthCheckNodePort = 0 } = spec;
  if (healthCheckNodePort !== 0 && !needsHealthCheckNodePort(spec)) {
    const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(invalidValue('spec.healthCheckNodePort', healthCheckNodePort, why));
  } else if (healthCheckNodePort !== 0) {
    errors.push(...validPort('spec.healthCheckNodePort', healthCheckNodePort));
  }
  return errors;
}

const ONLY_BALANCED = "may only be used when `type` is 'LoadBalancer'";

const RANGES_ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/** Who may come in, told by a field or, of old, by an annotation. The field's name in errors is upstream's. */
function validateSourceRanges({ metadata, spec }: Service): readonly FieldError[] {
  const { type, loadBalancerSourceRanges: ranges = [] } = spec ?? {};
  const annotation = metadata.annotations?.[RANGES_ANNOTATION];
  const isBalanced = type === 'LoadBalancer';
  if (ranges.length > 0) {
    const field = 'spec.LoadBalancerSourceRanges';
    return [
      ...(isBalanced ? [] : [forbiddenField(field, ONLY_BALANCED)]),
      ...ranges.flatMap((range, index) => validCidr(`${field}[${index}]`, range.trim())),
    ];
  }
  if (annotation === undefined) return [];
  const field = `metadata.annotations[${RANGES_ANNOTATION}]`;
  return [
    ...(isBalanced ? [] : [forbiddenField(field, ONLY_BALANCED)]),
    ...(annotation.trim() === '' ? [] : annotation.split(',').flatMap((range) => validCidr(field, range.trim()))),
  ];
}

function validateLoadBalancing({ type, loadBalancerClass }: Spec): readonly FieldError[] {
  const field = 'spec.loadBalancerClass';
  if (loadBalancerClass === undefined) return [];
  return type === 'LoadBalancer'
    ? invalidBy(field, loadBalancerClass, labelKeyProblems(loadBalancerClass))
    : [forbiddenField(field, ONLY_BALANCED)];
}

const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];

function validateDistribution({ trafficDistribution }: Spec): readonly FieldError[] {
  if (trafficDistribution === undefined || DISTRIBUTIONS.includes(trafficDistribution)) return [];
  return [notSupportedAmong('spec.trafficDistribution', trafficDistribution, DISTRIBUTIONS)];
}

const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';
const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';

/** Two names of one thing, the second one of old. */
function validateTopologyAnnotations({ metadata: { annotations = {} } }: Service): readonly FieldError[] {
  const { [TOPOLOGY_MODE]: mode, [TOPOLOGY_HINTS]: hints } = annotations;
  if (mode === undefined || hints === undefined || mode === hints) return [];
  const why = `must match annotations[${TOPOLOGY_HINTS}] when both are specified`;
  return [invalidValue(`metadata.annotations[${TOPOLOGY_MODE}]`, mode, why)];
}
