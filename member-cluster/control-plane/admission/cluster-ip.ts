import { internalError, invalid, invalidValue, type StatusError } from '../../../src/apimachinery/index.ts';
import { isHeadless, needsClusterIp, type Service } from '../../../src/apis/index.ts';
import type { AddressPlan } from '../address-plan.ts';
import { withAddressFamilies } from './address-families.ts';
import type { Reservation } from './number-pool.ts';

/**
 * The Service with a cluster IP, the one it asks for or any; those without any stay without. What a client would change
 * of an address that was given is left for validation to refuse.
 */
export function withClusterIp(
  wanted: Service,
  old: Service | undefined,
  plan: AddressPlan,
  addresses: Reservation,
): Service {
  const { clusterIP = '', ...spec } = wanted.spec ?? {};
  if (!needsClusterIp(spec)) return wanted;
  const service = withAddressFamilies(wanted, old);
  if (isHeadless({ clusterIP }) || hasAddress(old)) return service;
  const address = clusterIP === '' ? anyAddress(plan, addresses) : claimed(service, clusterIP, plan, addresses);
  return { ...service, spec: { ...service.spec, clusterIP: address, clusterIPs: [address] } };
}

function hasAddress(service: Service | undefined): boolean {
  const { clusterIP = '', ...spec } = service?.spec ?? {};
  return clusterIP !== '' && needsClusterIp(spec);
}

function anyAddress(plan: AddressPlan, addresses: Reservation): string {
  const number = addresses.allocate();
  if (number === undefined) throw internalError(new Error('failed to allocate a serviceIP: range is full'));
  return plan.serviceAddress(number);
}

function claimed(service: Service, address: string, plan: AddressPlan, addresses: Reservation): string {
  const number = plan.serviceNumber(address);
  if (number !== undefined && addresses.claim(number)) return address;
  const outside = `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${plan.serviceCidr}`;
  const why = number === undefined ? outside : 'provided IP is already allocated';
  throw refused(service, 'spec.clusterIPs', [address], `failed to allocate IP ${address}: ${why}`);
}

export function refused({ metadata }: Service, field: string, value: unknown, detail: string): StatusError {
  return invalid({ group: '', kind: 'Service' }, metadata.name ?? '', [invalidValue(field, value, detail)]);
}
