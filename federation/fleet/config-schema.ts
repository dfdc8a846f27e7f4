import { LABEL } from './cluster-rules.ts';
import { dnsSchema, type DnsFile } from './dns/dns-file.ts';
import { healthSchema, type HealthConfig } from './health-config.ts';
import { limitsSchema, type LimitsConfig } from './limits-config.ts';
import { etcdSchema, leaderElectionSchema, type EtcdConfig, type LeaderElectionConfig } from './etcd-config.ts';
import { MAX_CLUSTERS, MAX_NODES, runtimes, type AdmissionPluginsConfig, type Runtime } from './config.ts';

/** A fleet file as it is written: everything may be left out. */
export interface FleetFile {
  readonly federation?: {
    readonly name?: string;
    readonly domain?: string;
    readonly port?: number;
    readonly context?: string;
    readonly namespace?: string;
    readonly dns?: DnsFile;
    readonly storage?: EtcdConfig;
    readonly leaderElection?: Partial<LeaderElectionConfig>;
    readonly health?: HealthConfig;
  };
  /** A number of default clusters, or the clusters themselves. */
  readonly clusters?: number | readonly ClusterFile[];
  /** Nodes of each cluster that does not say. */
  readonly nodes?: number;
  readonly runtime?: Runtime;
  /** A file that says which resources are encrypted at rest; relative to the fleet file. */
  readonly encryptionProviderConfig?: string;
  readonly auditPolicyFile?: string;
  readonly tracingConfigFile?: string;
  readonly admissionPlugins?: AdmissionPluginsConfig;
  readonly admissionControlConfigFile?: string;
  readonly limits?: LimitsConfig;
  readonly authenticationConfig?: string;
  readonly tokenAuthFile?: string;
}

export interface ClusterFile {
  readonly name: string;
  readonly region: string;
  readonly zone?: string;
  readonly zones?: readonly string[];
  readonly nodes?: number;
  readonly port?: number;
}

const label = { type: 'string', pattern: LABEL.source };
const domain = {
  type: 'string',
  maxLength: 200,
  pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$',
};
const port = { type: 'integer', minimum: 1, maximum: 65_535 };
const pluginNames = { type: 'array', uniqueItems: true, items: { type: 'string', minLength: 1 } };
const nodes = { type: 'integer', minimum: 1, maximum: MAX_NODES };

/** JSON Schema of a fleet file. */
export const fleetSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    federation: {
      type: 'object',
      additionalProperties: false,
      properties: {
        name: label,
        domain,
        port,
        context: { type: 'string', minLength: 1 },
        namespace: label,
        dns: dnsSchema,
        storage: etcdSchema,
        leaderElection: leaderElectionSchema,
        health: healthSchema,
      },
    },
    clusters: {
      type: ['integer', 'array'],
      minimum: 1,
      maximum: MAX_CLUSTERS,
      minItems: 1,
      maxItems: MAX_CLUSTERS,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'region'],
        properties: {
          name: label,
          region: label,
          zone: label,
          zones: { type: 'array', minItems: 1, maxItems: 20, uniqueItems: true, items: label },
          nodes,
          port,
        },
        not: { type: 'object', required: ['zone', 'zones'] },
      },
    },
    nodes,
    runtime: { type: 'string', enum: [...runtimes] },
    encryptionProviderConfig: { type: 'string', minLength: 1 },
    auditPolicyFile: { type: 'string', minLength: 1 },
    tracingConfigFile: { type: 'string', minLength: 1 },
    admissionPlugins: {
      type: 'object',
      additionalProperties: false,
      properties: { enable: pluginNames, disable: pluginNames },
    },
    admissionControlConfigFile: { type: 'string', minLength: 1 },
    limits: limitsSchema,
    authenticationConfig: { type: 'string', minLength: 1 },
    tokenAuthFile: { type: 'string', minLength: 1 },
  },
};
