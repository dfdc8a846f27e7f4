export {
  DnsProviderError,
  type Candidate,
  type Choice,
  type DnsProvider,
  type DnsProviderErrorCode,
  type DnsZone,
  type ProviderChanges,
  type RecordChanges,
  type RecordSet,
  type RecordType,
} from './dns-provider.ts';
export { openProvider, type OpenProviderDeps, type ProviderSpec } from './config/open-provider.ts';
export type { OpenProvider, ProviderConfig, ProviderFactory } from './config/provider-config.ts';
export { ProviderConfigError } from './config/provider-config-error.ts';
export type { SettingValue } from './config/provider-settings.ts';
export { ClaimedNames } from './ownership/claimed-names.ts';
export { OwnNames } from './ownership/own-names.ts';
export type { NameConflict, OwnedChanges, ZoneOwnership } from './ownership/zone-ownership.ts';
export { providerName, providers } from './providers.ts';
export { createLocalZones, type LocalZones, type LocalZonesOptions } from './local-zones.ts';
export { createLocalDns, type LocalDns, type LocalDnsOptions } from './local-dns.ts';
export type {
  AnswerExplanation,
  DnsAddress,
  LoggedQuery,
  QuestionToExplain,
  RateLimitOptions,
} from '../server/index.ts';
export {
  openGeo,
  type ChangingPlaces,
  type ClusterSite,
  type LearnedPlaces,
  type PlacedPrefix,
} from '../choice/index.ts';
export { staticZone, StaticZoneError } from './static-zone.ts';
export type { ZoneOptions } from '../zone/index.ts';
