import type { DnsLayer } from './dns-handler.ts';

/** What a server tells of itself. */
export interface ServerIdentity {
  /** Which of several servers at one address it is: `id.server`, and EDNS NSID (RFC 4892, RFC 5001). */
  readonly name?: string;
  /** What software it is: `version.server`, and `version.bind` as everybody asks. */
  readonly version?: string;
}

const CHAOS = 3;

/** Answers questions of class CH for the server itself; what it does not tell is left to the next. */
export function chaos({ name, version }: ServerIdentity): DnsLayer {
  const told = new Map([
    ['id.server', name],
    ['hostname.bind', name],
    ['version.server', version],
    ['version.bind', version],
  ]);
  return (next) => (query, signal) => {
    const text = query.class === CHAOS ? told.get(query.name) : undefined;
    if (text === undefined) return next(query, signal);
    if (query.type !== 'TXT' && query.type !== 'ANY') return { rcode: 'NOERROR' };
    return { rcode: 'NOERROR', answers: [{ name: query.name, type: 'TXT', ttlSeconds: 0, data: [text] }] };
  };
}
