import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';
import { dnsAddressOf, type DnsAddress } from '../../federation/fleet/index.ts';

export interface NamedFederation {
  readonly name: string;
  readonly domain: string;
}

export interface ClusterDnsFlags {
  readonly federation: readonly NamedFederation[];
  readonly nameserver: readonly DnsAddress[];
  readonly upstream: readonly DnsAddress[];
  readonly clusterDomain: string;
  readonly dnsAddress: DnsAddress;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly manifest?: boolean;
  readonly image?: string;
  readonly clusterIp?: string;
}

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const FEDERATION = new RegExp(`^(?<name>${LABEL})=(?<domain>${LABEL}(\\.${LABEL})*)$`);
const DNS_PORT = 53;

export function parseFederation(text: string): NamedFederation {
  const { name, domain } = FEDERATION.exec(text)?.groups ?? {};
  if (name === undefined || domain === undefined) invalid('name=domain, such as myfederation=example.com');
  return { name, domain };
}

export function parseNameserver(text: string): DnsAddress {
  if (isIP(text) !== 0) return { host: text, port: DNS_PORT };
  return dnsAddressOf(text) ?? invalid('an address such as 192.0.2.1 or 192.0.2.1:5353');
}

export function invalid(what: string): never {
  throw new InvalidArgumentError(`It must be ${what}.`);
}
