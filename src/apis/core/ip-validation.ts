import { isIP, isIPv4 } from 'node:net';
import { invalidValue, type FieldError } from '../../apimachinery/index.ts';

export function validIp(field: string, address: string | undefined): readonly FieldError[] {
  if (address !== undefined && isIP(address) !== 0) return [];
  return [invalidValue(field, address ?? '', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
}

/** An address that traffic can be sent to: neither unspecified, loopback, link-local nor multicast. */
export function validUnicastIp(
  field: string,
  address: string | undefined,
  loopbackAllowed: boolean,
): readonly FieldError[] {
  const errors = validIp(field, address);
  if (errors.length > 0 || address === undefined) return errors;
  const refuse = (why: string) => [invalidValue(field, address, why)];
  if (address === '0.0.0.0' || address === '::') return refuse(`may not be unspecified (${address})`);
  if (!loopbackAllowed && (address.startsWith('127.') || address === '::1')) {
    return refuse('may not be in the loopback range (127.0.0.0/8, ::1/128)');
  }
  if (address.startsWith('169.254.') || /^fe[89ab]/i.test(address)) {
    return refuse('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  }
  const isMulticast = isIPv4(address) ? address.startsWith('224.0.0.') : /^ff02:/i.test(address);
  return isMulticast ? refuse('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)') : [];
}

export function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const family = isIP(address);
  return family !== 0 && rest.length === 0 && /^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

export function validCidr(field: string, text: string): readonly FieldError[] {
  return isCidr(text)
    ? []
    : [invalidValue(field, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')];
}
