import { deepEqual, invalidValue, type FieldError } from '../../apimachinery/index.ts';
import type { Service } from '../generated/wire-types.ts';
import { needsClusterIp } from './service-type.ts';

/** A cluster IP once given stays, unless the Service is or was only an alias. */
export function validateServiceUpdate({ spec = {} }: Service, { spec: before = {} }: Service): readonly FieldError[] {
  return [...clusterIpErrors(spec, before), ...classErrors(spec, before)];
}

type Spec = NonNullable<Service['spec']>;

const ONCE_SET = 'may not change once set';

function clusterIpErrors(spec: Spec, before: Spec): readonly FieldError[] {
  if (!needsClusterIp(spec) || !needsClusterIp(before)) return [];
  const old = before.clusterIPs ?? [];
  const next = spec.clusterIPs ?? [];
  return old.flatMap((address, index) => {
    const isDropped = index > 0 && next[index] === undefined;
    return isDropped || next[index] === address ? [] : [invalidValue(`spec.clusterIPs[${index}]`, next, ONCE_SET)];
  });
}

function classErrors(spec: Spec, before: Spec): readonly FieldError[] {
  const both = spec.type === 'LoadBalancer' && before.type === 'LoadBalancer';
  if (!both || deepEqual(spec.loadBalancerClass, before.loadBalancerClass)) return [];
  return [invalidValue('spec.loadBalancerClass', spec.loadBalancerClass, ONCE_SET)];
}
