export type { AuthenticationSpec, OidcSpec } from './authentication-spec.ts';
export { canListen } from './blocks.ts';
export type { CertificateStatus } from './certificate-reminder.ts';
export type { FleetCertificates } from './certificates.ts';
export { openComponentLog } from './component-log.ts';
export type { CommandLine } from './component-process.ts';
export { componentNames, specFile } from './component-specs.ts';
export type {
  AuditSpec,
  ComponentKind,
  ComponentMessage,
  ComponentPki,
  ComponentSpec,
  ComponentStatus,
  FederationSpec,
} from './component.ts';
export { parseFleetConfig } from './config-file.ts';
export {
  defaultClusters,
  defaults,
  MAX_CLUSTERS,
  MAX_NODES,
  MAX_TTL_SECONDS,
  runtimes,
  type ClusterConfig,
  type AdmissionPluginsConfig,
  type FleetConfig,
  type Runtime,
} from './config.ts';
export {
  electionProblem,
  ETCD_PREFIX,
  leaderElectionDefaults,
  type EtcdConfig,
  type LeaderElectionConfig,
} from './etcd-config.ts';
export { MAX_COUNT, MAX_LIMIT_SECONDS, type LimitsConfig } from './limits-config.ts';
export {
  controlClient,
  listensAt,
  NotRunning,
  type FleetControl,
  type FleetStatus,
  type ProgressStep,
} from './control.ts';
export { discardFleet, homeAt, prepareHome, readState, removeData, type FleetState, type Home } from './home.ts';
export { isAlive, lockHolder, tryLock, type Lock } from './lock.ts';
export { Supervisor } from './supervisor.ts';
export { dnsAddressOf, type DnsAddress } from './dns/dns-address.ts';
export type { DnsConfig, DnsServerConfig } from './dns/dns-config.ts';
export type { DnsProviderConfig, ProvidersConfig } from './dns/providers-config.ts';
export { readDnsServerFile } from './dns/dns-file.ts';
export { dnsZones } from './dns/dns-zones.ts';
