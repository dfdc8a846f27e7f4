export type { DnsAddress } from './dns-address.ts';
export { createDnsServer, type DnsContent, type DnsServer, type DnsServerOptions } from './dns-server.ts';
export type { ComposedReply, DnsHandler, DnsLayer, DnsQuery, DnsReply, RelayedReply } from './dns-handler.ts';
export { DnsError, type ExtendedError, type Rcode } from './rcode.ts';
export { ListenError } from './listen-error.ts';
export type { AnyRecordSet, QueryType, RecordSet, RecordType } from '../zone/index.ts';
export { forward, resolveAt, type ResolvedName } from './upstream.ts';
