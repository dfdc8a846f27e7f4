export {
  DnsProviderError,
  type DnsProvider,
  type DnsProviderErrorCode,
  type DnsZone,
  type ProviderChanges,
  type RecordChanges,
  type RecordSet,
  type RecordType,
} from './dns-provider.ts';
export { createLocalZones, type LocalZones, type LocalZonesOptions } from './local-zones.ts';
export { createLocalDns, type LocalDns, type LocalDnsOptions } from './local-dns.ts';
export type { DnsAddress } from '../server/index.ts';
export type { ZoneOptions } from '../zone/index.ts';
