import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Room for the address of a peer: a `sockaddr_in` has 16 bytes, a `sockaddr_in6` 28. */
export const ADDRESS_BYTES = 28;

export const AF_INET = 2;
export const AF_INET6 = 10;

export const familyOf = (host: string): number => (isIPv6(host) ? AF_INET6 : AF_INET);

const V4_BYTES = 16;
const PORT_AT = 2;
/** Where the four bytes of an address begin. */
export const V4_AT = 4;
const V6_AT = 8;

/** A `sockaddr` for an address without a zone index. */
export function encodeSocketAddress(host: string, port: number): Buffer {
  const family = familyOf(host);
  const bytes = Buffer.alloc(family === AF_INET ? V4_BYTES : ADDRESS_BYTES);
  bytes.writeUInt16LE(family, 0);
  bytes.writeUInt16BE(port, PORT_AT);
  bytes.set(ipaddr.parse(host).toByteArray(), family === AF_INET ? V4_AT : V6_AT);
  return bytes;
}

export const portOf = (address: Buffer): number => address.readUInt16BE(PORT_AT);

/** As dgram writes it. */
export function hostOf(address: Buffer): string {
  if (address.readUInt16LE(0) === AF_INET) return address.subarray(V4_AT, V4_AT + 4).join('.');
  const v6 = new ipaddr.IPv6([...address.subarray(V6_AT, V6_AT + 16)]);
  return v6.isIPv4MappedAddress() ? `::ffff:${v6.toIPv4Address().toString()}` : v6.toString();
}
