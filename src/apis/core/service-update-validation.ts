import { deepEqual, forbiddenField, invalidValue, type FieldError } from '../../apimachinery/index.ts';
import { broken } from '../field-rules.ts';
import type { Service } from '../generated/wire-types.ts';
import { isHeadless, needsClusterIp, needsHealthCheckNodePort } from './service-type.ts';

/** A cluster IP once given stays, unless the Service is or was only an alias. A second one may come and go. */
export function validateServiceUpdate({ spec = {} }: Service, { spec: before = {} }: Service): readonly FieldError[] {
  return [
    ...(needsClusterIp(spec) && needsClusterIp(before) ? addressErrors(spec, before) : []),
    ...classErrors(spec, before),
    ...healthCheckErrors(spec, before),
  ];
}

type Spec = NonNullable<Service['spec']>;

const ONCE_SET = 'may not change once set';

function addressErrors(spec: Spec, before: Spec): readonly FieldError[] {
  const [is, was] = [isHeadless(spec), isHeadless(before)];
  return [...(is && was ? [] : clusterIpErrors(spec, before)), ...(is || was ? [] : familyErrors(spec, before))];
}

function clusterIpErrors(spec: Spec, before: Spec): readonly FieldError[] {
  const { clusterIPs: next = [] } = spec;
  const { clusterIPs: old = [] } = before;
  const changed = differing(old, next).map((index) => invalidValue(`spec.clusterIPs[${index}]`, next, ONCE_SET));
  const isUnset = next.length === 0 && old.length > 0;
  return [
    ...(isUnset ? [invalidValue('spec.clusterIPs[0]', next, 'primary clusterIP can not be unset')] : changed),
    ...secondReleased(spec, [old, next], 'clusterIP'),
  ];
}

function familyErrors(spec: Spec, before: Spec): readonly FieldError[] {
  const { ipFamilies: next = [] } = spec;
  const { ipFamilies: old = [] } = before;
  return [
    ...differing(old, next).map(() => invalidValue('spec.ipFamilies[0]', next, ONCE_SET)),
    ...secondReleased(spec, [old, next], 'ipFamily'),
  ];
}

/** Of lists of one length all values stay; otherwise only the first one must. */
function differing(old: readonly string[], next: readonly string[]): readonly number[] {
  const length = old.length === next.length ? old.length : Math.min(1, old.length, next.length);
  return old.slice(0, length).flatMap((value, index) => (value === next[index] ? [] : [index]));
}

function secondReleased(
  { ipFamilyPolicy }: Spec,
  [old, next]: readonly [readonly string[], readonly string[]],
  what: string,
): readonly FieldError[] {
  const why = `must be set to 'SingleStack' when releasing the secondary ${what}`;
  const isReleased = old.length > 1 && next.length === 1 && ipFamilyPolicy !== 'SingleStack';
  return broken([isReleased, invalidValue('spec.ipFamilyPolicy', ipFamilyPolicy, why)]);
}

function classErrors(spec: Spec, before: Spec): readonly FieldError[] {
  const both = spec.type === 'LoadBalancer' && before.type === 'LoadBalancer';
  if (!both || deepEqual(spec.loadBalancerClass, before.loadBalancerClass)) return [];
  return [invalidValue('spec.loadBalancerClass', spec.loadBalancerClass, ONCE_SET)];
}

function healthCheckErrors(spec: Spec, before: Spec): readonly FieldError[] {
  const both = needsHealthCheckNodePort(spec) && needsHealthCheckNodePort(before);
  const isChanged = (spec.healthCheckNodePort ?? 0) !== (before.healthCheckNodePort ?? 0);
  return broken([both && isChanged, forbiddenField('spec.healthCheckNodePort', 'field is immutable')]);
}
