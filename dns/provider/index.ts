export {
  DnsProviderError,
  type DnsProvider,
  type DnsProviderErrorCode,
  type DnsZone,
  type RecordChanges,
  type RecordSet,
  type RecordType,
} from './dns-provider.ts';
