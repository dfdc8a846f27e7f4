import { isIP } from 'node:net';
import type { DnsAddress, UpstreamLimits } from '../../../dns/server/index.ts';
import { canonicalAddress } from '../reverse-name.ts';
import { parseCorefile, type Directive, type ServerBlock } from './corefile.ts';
import { usualConfig, type DnsConfig, type ParsedDnsConfig, type PodNames } from './dns-config.ts';
import { isDomain, isLabel, parseDomain, parseServer } from './server-address.ts';

const ROOT = '.';
const DNS_PORT = '53';
/** What this server does anyway, or what is the business of the process that it is in. */
const INHERENT = new Set(['errors', 'health', 'loadbalance', 'loop', 'prometheus', 'ready', 'reload', 'bufsize']);
const POD_NAMES: ReadonlySet<string> = new Set<PodNames>(['disabled', 'insecure', 'verified']);
const RESOLV_CONF = '/etc/resolv.conf';

/** What is gathered while blocks are read. */
interface Draft {
  readonly domain: string;
  readonly stubDomains: Map<string, readonly DnsAddress[]>;
  readonly federations: Map<string, string>;
  readonly hosts: Map<string, readonly string[]>;
  config: Partial<DnsConfig>;
}

/**
 * What the Corefile of CoreDNS says, as far as this server can do it: `kubernetes`, `forward`, `cache`, `hosts`,
 * `federation`. Everything else is named, and the rest holds. `domain` is the cluster's own.
 */
export function parseCorefileConfig(text: string | undefined, domain: string): ParsedDnsConfig {
  if (text === undefined || text.trim() === '') return { config: {}, problems: [] };
  const draft: Draft = { domain, stubDomains: new Map(), federations: new Map(), hosts: new Map(), config: {} };
  const problems: string[] = [];
  const attempt = (read: () => void) => {
    try {
      read();
    } catch (err) {
      problems.push(`Corefile: ${err instanceof Error ? err.message : String(err)}`);
    }
  };
  attempt(() => {
    for (const block of parseCorefile(text))
      attempt(() => {
        readBlock(draft, block, attempt);
      });
  });
  const { config, stubDomains, federations, hosts } = draft;
  return { config: { ...config, stubDomains, federations, hosts }, problems };
}

function readBlock(draft: Draft, { keys, directives, line }: ServerBlock, attempt: (read: () => void) => void): void {
  const zones = keys.map((key) => zoneOf(key, line));
  for (const directive of directives) {
    attempt(() => {
      for (const zone of zones) readDirective(draft, zone, directive);
    });
  }
}

/** `zone`, `zone:53`, `dns://zone`. */
function zoneOf(key: string, line: number): string {
  const [, scheme, zone = '', port = DNS_PORT] = /^(?:([a-z+]+):\/\/)?(.*?)(?::(\d+))?$/.exec(key) ?? [];
  if (scheme !== undefined && scheme !== 'dns') throw new Error(`line ${line}: ${scheme}:// is not served`);
  if (port !== DNS_PORT) throw new Error(`line ${line}: port ${port} is not served, only ${DNS_PORT}`);
  return zone === ROOT || zone === '' ? ROOT : within(line, () => parseDomain(zone));
}

function readDirective(draft: Draft, zone: string, directive: Directive): void {
  const { name, line } = directive;
  if (INHERENT.has(name)) return;
  within(line, () => {
    switch (name) {
      case 'forward':
        readForward(draft, zone, directive);
        return;
      case 'cache':
        // Of a zone alone there is none of its own.
        if (zone === ROOT) draft.config = { ...draft.config, limits: limitsOf(directive) };
        return;
      case 'kubernetes':
        readKubernetes(draft, directive);
        return;
      case 'hosts':
        readHosts(draft, directive);
        return;
      case 'federation':
        readFederations(draft, directive);
        return;
      default:
        throw new Error(`${name} is not supported`);
    }
  });
}

function readForward(draft: Draft, zone: string, { args: [from = '', ...to], block }: Directive): void {
  for (const { name } of block) {
    if (name !== 'max_concurrent' && name !== 'prefer_udp') throw new Error(`forward: ${name} is not supported`);
  }
  const domain = from === ROOT ? zone : parseDomain(from);
  const servers = to
    .filter((text) => text !== RESOLV_CONF)
    .map((text) => parseServer(text.startsWith('dns://') ? text.slice('dns://'.length) : text));
  if (to.length === 0) throw new Error('forward names no server');
  // The machine's own are those given at start.
  if (domain === ROOT) draft.config = { ...draft.config, upstreamNameservers: servers };
  else if (servers.length > 0) draft.stubDomains.set(domain, servers);
}

function limitsOf({ args: [ttl], block }: Directive): UpstreamLimits {
  const { limits } = usualConfig;
  let { successSeconds, denialSeconds } = limits;
  let { staleSeconds } = limits;
  if (ttl !== undefined) {
    successSeconds = Math.min(successSeconds, secondsOf(ttl));
    denialSeconds = Math.min(denialSeconds, secondsOf(ttl));
  }
  for (const { name, args } of block) {
    // Behind the name: how many entries, and then how long.
    if (name === 'success') successSeconds = args[1] === undefined ? successSeconds : secondsOf(args[1]);
    else if (name === 'denial') denialSeconds = args[1] === undefined ? denialSeconds : secondsOf(args[1]);
    else if (name === 'serve_stale') staleSeconds = args[0] === undefined ? staleSeconds : durationOf(args[0]);
    else throw new Error(`cache: ${name} is not supported`);
  }
  return { successSeconds, denialSeconds, staleSeconds };
}

function readKubernetes(draft: Draft, { args, block }: Directive): void {
  const zones = args.map((zone) => zone.toLowerCase().replace(/\.$/, ''));
  if (zones.length > 0 && !zones.includes(draft.domain)) {
    throw new Error(`kubernetes: the domain of this cluster is ${draft.domain}, not ${zones.join(', ')}`);
  }
  for (const {
    name,
    args: [value = ''],
  } of block) {
    if (name === 'fallthrough') continue;
    if (name === 'ttl') draft.config = { ...draft.config, serviceTtlSeconds: secondsOf(value) };
    else if (name === 'pods' && isPodNames(value)) draft.config = { ...draft.config, pods: value };
    else throw new Error(`kubernetes: ${name} ${value} is not supported`);
  }
}

const isPodNames = (text: string): text is PodNames => POD_NAMES.has(text);

function readHosts(draft: Draft, { args, block }: Directive): void {
  if (args.length > 0) throw new Error('hosts: neither a file nor zones of its own are supported');
  for (const { name, args: names } of block) {
    if (name === 'fallthrough') continue;
    if (isIP(name) === 0 || names.length === 0) throw new Error(`hosts: ${name} is not supported`);
    for (const text of names) {
      const host = parseDomain(text);
      draft.hosts.set(host, [...(draft.hosts.get(host) ?? []), canonicalAddress(name)]);
    }
  }
}

/** As CoreDNS had it until 1.7. */
function readFederations(draft: Draft, { block }: Directive): void {
  for (const {
    name,
    args: [domain = '', ...rest],
  } of block) {
    if (!isLabel(name) || !isDomain(domain) || rest.length > 0) throw new Error(`federation: ${name} names no domain`);
    draft.federations.set(name, domain);
  }
}

const MAX_SECONDS = 86_400;

function secondsOf(text: string): number {
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (!(seconds <= MAX_SECONDS))
    throw new Error(`${JSON.stringify(text)} is no number of seconds up to ${MAX_SECONDS}`);
  return seconds;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** `30s`, `5m`, `1h`. */
function durationOf(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNIT_SECONDS[unit] ?? NaN);
  if (Number.isNaN(seconds)) throw new Error(`${JSON.stringify(text)} is not as 30s, 5m or 1h`);
  return seconds;
}

function within<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (err) {
    throw new Error(`line ${line}: ${err instanceof Error ? err.message : String(err)}`, { cause: err });
  }
}
