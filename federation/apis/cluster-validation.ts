import { BlockList, isIP } from 'node:net';
import {
  allowingPrefix,
  dnsLabelProblems,
  invalidValue,
  required,
  type FieldError,
} from '../../src/apimachinery/index.ts';
import { validateTaints } from '../../src/apis/index.ts';
import type { Cluster, ServerAddressByClientCidr } from './cluster.ts';

/** A cluster's name becomes part of messages, labels and file names: one DNS label, no dots. */
export const validateClusterName = allowingPrefix(dnsLabelProblems);

export function validateCluster(cluster: Cluster): readonly FieldError[] {
  const path = 'spec.serverAddressByClientCIDRs';
  const addresses = cluster.spec?.serverAddressByClientCIDRs ?? [];
  return [
    ...(addresses.length === 0 ? [required(path)] : []),
    ...addresses.flatMap((address, index) => validateAddress(address, `${path}[${index}]`)),
    ...(cluster.spec?.secretRef?.name === '' ? [required('spec.secretRef.name')] : []),
    ...validateTaints('spec.taints', cluster.spec?.taints ?? []),
  ];
}

function validateAddress({ clientCIDR = '', serverAddress }: ServerAddressByClientCidr, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (clientCIDR !== '' && !isCidr(clientCIDR)) {
    errors.push(invalidValue(`${path}.clientCIDR`, clientCIDR, `invalid CIDR address: ${clientCIDR}`));
  }
  if (serverAddress === '') errors.push(required(`${path}.serverAddress`));
  else if (serverUrl(serverAddress) === undefined) {
    errors.push(invalidValue(`${path}.serverAddress`, serverAddress, 'must be a host, host:port or https URL'));
  }
  return errors;
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const family = isIP(address);
  const max = family === 6 ? 128 : 32;
  return family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= max;
}

/** `https://host[:port]` of an address in any of the forms allowed; `undefined` when it is none of them. */
export function serverUrl(address: string): string | undefined {
  const text = address.includes('://') ? address : `https://${isIP(address) === 6 ? `[${address}]` : address}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  return `${url.origin}${url.pathname === '/' ? '' : url.pathname}`;
}

/**
 * The address to reach a cluster at from `clientAddress`: the first entry whose CIDR holds it, as the original chose;
 * an entry without CIDR holds every client. With no client address known, the first entry.
 */
export function serverAddressFor(cluster: Cluster, clientAddress?: string): string | undefined {
  const entries = cluster.spec?.serverAddressByClientCIDRs ?? [];
  const chosen = entries.find(({ clientCIDR }) => clientAddress === undefined || holds(clientCIDR, clientAddress));
  return chosen === undefined ? undefined : serverUrl(chosen.serverAddress);
}

function holds(cidr: string | undefined, address: string): boolean {
  if (cidr === undefined || cidr === '') return true;
  const [network = '', bits = ''] = cidr.split('/');
  const list = new BlockList();
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  list.addSubnet(network, Number(bits), family);
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
