import type { DnsConfig } from './dns/dns-config.ts';
import type { AdmissionPluginsConfig } from './config.ts';
import type { AuthenticationSpec } from './authentication-spec.ts';
import type { EtcdConfig, LeaderElectionConfig } from './etcd-config.ts';
import type { HealthConfig } from './health-config.ts';
import type { LimitsConfig } from './limits-config.ts';

/** The processes of a fleet: one for each member cluster and one for the federation control plane. */
export type ComponentKind = 'member' | 'federation';

/** What a component's process is told, as JSON in a file. Paths are absolute. */
export interface ComponentSpec {
  readonly kind: ComponentKind;
  readonly name: string;
  readonly block: number;
  readonly listen: { readonly host: string; readonly port: number };
  readonly dataDirectory: string;
  /** The file that says which resources are encrypted at rest; none are without. */
  readonly encryptionProviderConfig?: string;
  /** What is noted of requests, and where; nothing is without. */
  readonly audit?: AuditSpec;
  /** The file that says which requests are traced and where spans go; nothing is traced without. */
  readonly tracingConfigFile?: string;
  /** What clients may take of the API server. */
  readonly limits?: LimitsConfig;
  /** Who is believed beside those with certificates, and those whom a cluster knows by itself. */
  readonly authentication?: AuthenticationSpec;
  readonly pki: ComponentPki;
  readonly member?: MemberSpec;
  readonly federation?: FederationSpec;
}

/** Files. */
export interface AuditSpec {
  readonly policyFile: string;
  readonly logFile: string;
}

/** Files of PEM. */
export interface ComponentPki {
  readonly ca: string;
  readonly servingCertificate: string;
  readonly servingKey: string;
  /** The component's own authority: signs what is asked for with CertificateSigningRequests. */
  readonly signerCertificate: string;
  readonly signerKey: string;
  /** ECDSA P-256; signs service account tokens. */
  readonly serviceAccountKey: string;
}

export interface MemberSpec {
  /** Those that are on by default without. */
  readonly admissionPlugins?: AdmissionPluginsConfig;
  /** A file: what plugins are told. */
  readonly admissionControlConfigFile?: string;
  readonly region: string;
  readonly zones: readonly string[];
  readonly nodes: number;
  readonly runtime: string;
}

export interface FederationSpec {
  /** Those that are on by default without. */
  readonly admissionPlugins?: AdmissionPluginsConfig;
  readonly domain: string;
  readonly dnsDirectory: string;
  readonly dns: DnsConfig;
  /** The data directory when absent. */
  readonly storage?: EtcdConfig;
  /** With storage in etcd the control planes that use it elect one; so does a single one when this is given. */
  readonly leaderElection?: LeaderElectionConfig;
  readonly health?: HealthConfig;
}

/** What a component's process says to its supervisor. */
export type ComponentMessage =
  { readonly type: 'ready'; readonly url: string } | { readonly type: 'failed'; readonly message: string };

export type ComponentState = 'Starting' | 'Running' | 'Stopped' | 'Killed' | 'Restarting' | 'Failed';

/** A row of `koinon status`. */
export interface ComponentStatus {
  readonly name: string;
  readonly kind: ComponentKind | 'supervisor';
  readonly state: ComponentState;
  readonly pid?: number;
  readonly address?: string;
  /** What the process' own /readyz says; `Unknown` while it does not run. */
  readonly health: 'Healthy' | 'Unhealthy' | 'Unknown';
  /** For members: what the federation says of the cluster. */
  readonly membership?: 'Ready' | 'Offline' | 'NotReady' | 'NotJoined' | 'Unknown';
  /** Resident memory not shared with other processes plus its part of what is shared (PSS). */
  readonly memoryBytes?: number;
  readonly restarts: number;
  readonly startedAt?: string;
  readonly message?: string;
}
