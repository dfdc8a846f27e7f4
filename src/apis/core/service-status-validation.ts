import { isIP } from 'node:net';
import {
  dnsSubdomainProblems,
  forbiddenField,
  invalidValue,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { broken, invalidBy, oneOf } from '../field-rules.ts';
import type { LoadBalancerIngress, Service } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validIp } from './ip-validation.ts';

export function validateServiceStatus({ spec, status }: Service): readonly FieldError[] {
  const field = 'status.loadBalancer.ingress';
  const ingress: readonly Sent<LoadBalancerIngress>[] = status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0 && spec?.type !== 'LoadBalancer') {
    return [forbiddenField(field, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  return ingress.flatMap((way, index) => validateIngress(`${field}[${index}]`, way));
}

function validateIngress(field: string, { ip = '', ipMode, hostname = '' }: Sent<LoadBalancerIngress>): FieldError[] {
  const at = `${field}.ipMode`;
  return [
    ...(ip === '' ? [] : validIp(`${field}.ip`, ip)),
    ...broken(
      [ip !== '' && ipMode === undefined, required(at, 'must be specified when `ip` is set')],
      [ip === '' && ipMode !== undefined, forbiddenField(at, 'may not be specified when `ip` is not set')],
    ),
    ...(ip === '' ? [] : oneOf(at, ipMode, ['Proxy', 'VIP'])),
    ...(hostname === '' ? [] : invalidBy(`${field}.hostname`, hostname, dnsSubdomainProblems(hostname))),
    ...broken([
      isIP(hostname) !== 0,
      invalidValue(`${field}.hostname`, hostname, 'must be a DNS name, not an IP address'),
    ]),
  ];
}
