import { isIP } from 'node:net';
import type { ConfigMap } from '../../src/apis/index.ts';
import type { DnsAddress } from '../../dns/server/index.ts';

/** What the ConfigMap `kube-system/kube-dns` may say, see kube-dns. */
export interface KubeDnsConfig {
  /** Federation name to domain. */
  readonly federations: ReadonlyMap<string, string>;
  /** Domain to the servers that answer for it and all below. */
  readonly stubDomains: ReadonlyMap<string, readonly DnsAddress[]>;
  /** In place of the ones given at start, when there are any. */
  readonly upstreamNameservers: readonly DnsAddress[];
}

export interface ParsedKubeDnsConfig {
  readonly config: KubeDnsConfig;
  /** One sentence for each key that is not as it should be; such a key counts as absent. */
  readonly problems: readonly string[];
}

const MAX_UPSTREAMS = 3;
const DNS_PORT = 53;

export function parseKubeDnsConfig(configMap: Pick<ConfigMap, 'data'> | undefined): ParsedKubeDnsConfig {
  const problems: string[] = [];
  const parse = <T>(key: string, parser: (text: string) => T, absent: T): T => {
    const text = configMap?.data?.[key];
    if (text === undefined || text.trim() === '') return absent;
    try {
      return parser(text);
    } catch (err) {
      problems.push(`key ${key}: ${err instanceof Error ? err.message : String(err)}`);
      return absent;
    }
  };
  const config = {
    federations: parse('federations', parseFederations, new Map()),
    stubDomains: parse('stubDomains', parseStubDomains, new Map()),
    upstreamNameservers: parse('upstreamNameservers', parseUpstreams, []),
  };
  return { config, problems };
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const isDomain = (text: string) => text.length <= 253 && text.split('.').every((label) => LABEL.test(label));

/** `name=domain,name2=domain2`; one bad pair spoils it all, as it did for kube-dns. */
function parseFederations(text: string): ReadonlyMap<string, string> {
  const federations = new Map<string, string>();
  for (const pair of text.split(',')) {
    const [name = '', domain = '', ...rest] = pair.split('=').map((part) => part.trim());
    if (rest.length > 0 || !LABEL.test(name) || !isDomain(domain)) {
      throw new Error(`${JSON.stringify(pair.trim())} is not name=domain`);
    }
    federations.set(name, domain);
  }
  return federations;
}

function parseStubDomains(text: string): ReadonlyMap<string, readonly DnsAddress[]> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not a JSON object');
  return new Map(
    Object.entries(value).map(([domain, servers]: [string, unknown]) => {
      const name = domain.toLowerCase().replace(/\.$/, '');
      if (!isDomain(name)) throw new Error(`${JSON.stringify(domain)} is not a domain`);
      return [name, parseServers(servers)];
    }),
  );
}

function parseUpstreams(text: string): readonly DnsAddress[] {
  const servers = parseServers(JSON.parse(text));
  if (servers.length > MAX_UPSTREAMS) throw new Error(`more than ${MAX_UPSTREAMS} servers`);
  return servers;
}

function parseServers(value: unknown): readonly DnsAddress[] {
  if (!Array.isArray(value)) throw new Error('not a JSON list of servers');
  return value.map((server: unknown) => {
    if (typeof server !== 'string') throw new Error(`${JSON.stringify(server)} is not an address`);
    return parseServer(server);
  });
}

/** `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`. */
function parseServer(text: string): DnsAddress {
  if (isIP(text) !== 0) return { host: text, port: DNS_PORT };
  const [, bracketed, plain, digits] = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  const port = Number(digits);
  if (isIP(host) === 0 || !(port >= 1 && port <= 0xffff)) throw new Error(`${JSON.stringify(text)} is not an address`);
  return { host, port };
}
