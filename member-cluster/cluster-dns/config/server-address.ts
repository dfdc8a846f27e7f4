import { isIP } from 'node:net';
import type { DnsAddress } from '../../../dns/server/index.ts';

const DNS_PORT = 53;

/** `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`. */
export function parseServer(text: string): DnsAddress {
  if (isIP(text) !== 0) return { host: text, port: DNS_PORT };
  const [, bracketed, plain, digits] = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  const port = Number(digits);
  if (isIP(host) === 0 || !(port >= 1 && port <= 0xffff)) throw new Error(`${JSON.stringify(text)} is not an address`);
  return { host, port };
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const isLabel = (text: string) => LABEL.test(text);

export const isDomain = (text: string) => text.length <= 253 && text.split('.').every(isLabel);

/** Lower case, without the trailing dot. */
export function parseDomain(text: string): string {
  const name = text.toLowerCase().replace(/\.$/, '');
  if (!isDomain(name)) throw new Error(`${JSON.stringify(text)} is not a domain`);
  return name;
}
