import type { AuthenticationSpec } from './authentication-spec.ts';
import { DEFAULT_DNS_ADDRESS } from './dns/dns-address.ts';
import type { DnsConfig } from './dns/dns-config.ts';
import type { EtcdConfig, LeaderElectionConfig } from './etcd-config.ts';
import type { HealthConfig } from './health-config.ts';
import type { LimitsConfig } from './limits-config.ts';

/** What a fleet is made of: resolved, validated, every default filled in. */
export interface FleetConfig {
  readonly federation: FederationConfig;
  readonly clusters: readonly ClusterConfig[];
  readonly runtime: Runtime;
  /** The absolute path of the file that says which resources are encrypted at rest, and with which keys. */
  readonly encryptionProviderConfig?: string;
  /** A file: what of the requests to the API servers is noted. */
  readonly auditPolicyFile?: string;
  /** A file: which requests are traced, and where spans go. */
  readonly tracingConfigFile?: string;
  /** Who is believed beside those with certificates, by all API servers. */
  readonly authentication?: AuthenticationSpec;
  /** Names of Kubernetes' admission plugins, for the members. */
  readonly admissionPlugins?: AdmissionPluginsConfig;
  /** An absolute path: what they are told. */
  readonly admissionControlConfigFile?: string;
  /** Of every API server. */
  readonly limits?: LimitsConfig;
}

export interface AdmissionPluginsConfig {
  readonly enable?: readonly string[];
  readonly disable?: readonly string[];
}

export interface FederationConfig {
  /** The third label of the DNS names. */
  readonly name: string;
  /** The zone that the federation publishes in. */
  readonly domain: string;
  readonly port: number;
  /** The kubeconfig context of the federation's API. */
  readonly context: string;
  /** The namespace that the kubeconfig contexts start in; made at the federation, and so in every member. */
  readonly namespace: string;
  readonly dns: DnsConfig;
  /** Its own directory when absent. */
  readonly storage?: EtcdConfig;
  readonly leaderElection?: LeaderElectionConfig;
  readonly health?: HealthConfig;
}

export interface ClusterConfig {
  /** Also its kubeconfig context. */
  readonly name: string;
  readonly region: string;
  /** Nodes are spread over them in turn. */
  readonly zones: readonly string[];
  readonly nodes: number;
  readonly port: number;
}

/** Runtimes of the kubelets that a fleet can be started with. */
export const runtimes = ['hollow'] as const;
export type Runtime = (typeof runtimes)[number];

export const defaults = {
  name: 'myfederation',
  domain: 'example.com',
  context: 'federation-cluster',
  namespace: 'mynamespace',
  apiPort: 6443,
  dnsAddress: DEFAULT_DNS_ADDRESS,
  ttlSeconds: 180,
  clusters: 4,
  nodes: 3,
} as const;

/** A fleet has a block of loopback for each cluster, and there are 254. */
export const MAX_CLUSTERS = 64;
export const MAX_NODES = 100;
/** A week. */
export const MAX_TTL_SECONDS = 604_800;

/** Regions of the default clusters and the letter of the zone used there: the walk-through's four first. */
const regions: readonly (readonly [region: string, zone: string])[] = [
  ['asia-east1', 'b'],
  ['europe-west1', 'b'],
  ['us-central1', 'b'],
  ['us-east1', 'b'],
  ['asia-northeast1', 'a'],
  ['asia-southeast1', 'a'],
  ['australia-southeast1', 'a'],
  ['europe-north1', 'a'],
  ['europe-west2', 'a'],
  ['southamerica-east1', 'a'],
  ['us-west1', 'a'],
  ['africa-south1', 'a'],
];

/** The first `count` default clusters; past the last region they begin again with a number in the name. */
export function defaultClusters(count: number, nodes: number): readonly ClusterConfig[] {
  return Array.from({ length: count }, (_, index) => {
    const [region, zone] = regions[index % regions.length] ?? ['local', 'a'];
    const round = Math.floor(index / regions.length);
    return {
      name: round === 0 ? `gce-${region}` : `gce-${region}-${round + 1}`,
      region,
      zones: [`${region}-${zone}`],
      nodes,
      port: defaults.apiPort,
    };
  });
}

export class FleetConfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FleetConfigError';
  }
}
