import type { DnsAddress } from '../../../dns/server/index.ts';
import type { ConfigMap } from '../../../src/apis/index.ts';
import type { ParsedDnsConfig } from './dns-config.ts';
import { isDomain, isLabel, parseDomain, parseServer } from './server-address.ts';

const MAX_UPSTREAMS = 3;

/** What the ConfigMap `kube-system/kube-dns` may say, see kube-dns. */
export function parseKubeDnsConfig(configMap: Pick<ConfigMap, 'data'> | undefined): ParsedDnsConfig {
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

/** `name=domain,name2=domain2`; one bad pair spoils it all, as it did for kube-dns. */
function parseFederations(text: string): ReadonlyMap<string, string> {
  const federations = new Map<string, string>();
  for (const pair of text.split(',')) {
    const [name = '', domain = '', ...rest] = pair.split('=').map((part) => part.trim());
    if (rest.length > 0 || !isLabel(name) || !isDomain(domain)) {
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
      return [parseDomain(domain), parseServers(servers)];
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
