import { internalError, invalid, invalidValue, type StatusError } from '../../../src/apimachinery/index.ts';
import type { Service } from '../../../src/apis/index.ts';
import type { AddressPlan } from '../address-plan.ts';
import type { Reservation } from './number-pool.ts';

/** The Service with a cluster IP, the one it asks for or any; those without any stay without. */
export function withClusterIp(service: Service, plan: AddressPlan, addresses: Reservation): Service {
  const { type = 'ClusterIP', clusterIP = '', ipFamilyPolicy = 'SingleStack', ipFamilies = [] } = service.spec ?? {};
  if (type === 'ExternalName' || clusterIP === 'None') return service;
  if (ipFamilyPolicy === 'RequireDualStack' || ipFamilies.includes('IPv6')) {
    throw refused(service, 'spec.ipFamilies', ipFamilies, 'this cluster has IPv4 addresses only');
  }
  const address = clusterIP === '' ? anyAddress(plan, addresses) : claimed(service, clusterIP, plan, addresses);
  return {
    ...service,
    spec: { ...service.spec, clusterIP: address, clusterIPs: [address], ipFamilies: ['IPv4'], ipFamilyPolicy },
  };
}

function anyAddress(plan: AddressPlan, addresses: Reservation): string {
  const number = addresses.allocate();
  if (number === undefined) throw internalError(new Error('failed to allocate a serviceIP: range is full'));
  return plan.serviceAddress(number);
}

function claimed(service: Service, address: string, plan: AddressPlan, addresses: Reservation): string {
  const number = plan.serviceNumber(address);
  if (number !== undefined && addresses.claim(number)) return address;
  const why = number === undefined ? 'the provided IP is not in the valid range' : 'provided IP is already allocated';
  throw refused(service, 'spec.clusterIPs', [address], `failed to allocate IP ${address}: ${why}`);
}

export function refused({ metadata }: Service, field: string, value: unknown, detail: string): StatusError {
  return invalid({ group: '', kind: 'Service' }, metadata.name ?? '', [invalidValue(field, value, detail)]);
}
