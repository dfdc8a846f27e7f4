/** Where a DNS server is, over UDP and TCP alike. */
export interface DnsAddress {
  readonly host: string;
  readonly port: number;
}

export const DEFAULT_DNS_ADDRESS = '127.0.0.1:10053';

/** `host:port`, the host an IPv4 address; undefined when it is none. */
export function dnsAddressOf(text: string): DnsAddress | undefined {
  const [, host, digits] = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  return host.split('.').some((part) => Number(part) > 255) ? undefined : { host, port };
}

/** Of what was found to be an address. */
export function parseDnsAddress(text: string): DnsAddress {
  const address = dnsAddressOf(text);
  if (address === undefined) throw new TypeError(`"${text}" is not an address such as ${DEFAULT_DNS_ADDRESS}`);
  return address;
}
