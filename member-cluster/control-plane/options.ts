import type { KeyPairPem } from '../../src/pki/index.ts';
import type {
  ApiServer,
  AuditOptions,
  AuthenticationOptions,
  PluginChoice,
  SecureServing,
} from '../../src/apiserver/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock, Logger, Registry } from '../../src/component-base/index.ts';
import type { Election } from '../../src/controller/index.ts';
import type { EncryptionConfiguration, EtcdStorageOptions } from '../../src/storage/index.ts';
import type { Tracer } from '../../src/tracing/index.ts';
import type { AdmissionConfiguration } from './admission/admission-configuration.ts';

export interface NodeSpec {
  readonly name: string;
  /** The member's own when absent. */
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** What it has, such as `{ cpu: '4', memory: '8Gi', pods: '110' }`. */
  readonly capacity?: Readonly<Record<string, string>>;
}

export interface MemberCertificates {
  /** Who signed the server's certificate and signs those of clients; its certificate alone is enough here. */
  readonly ca: { readonly certificate: string };
  readonly serving: KeyPairPem;
  /**
   * Signs the certificates that are asked for with approved CertificateSigningRequests, and is believed as `ca` is. None
   * is signed when absent. To be of this cluster alone: whoever may approve requests here can be anybody it vouches for.
   */
  readonly signer?: KeyPairPem;
  /** PEM of an EC P-256 private key that signs the tokens of ServiceAccounts. */
  readonly serviceAccountKey: string;
}

export type MemberStorage =
  | { readonly type: 'memory' }
  | { readonly type: 'embedded'; readonly directory: string }
  | ({ readonly type: 'etcd' } & Omit<EtcdStorageOptions, 'clock' | 'log'>);

export interface MemberClusterOptions {
  readonly name: string;
  readonly region: string;
  readonly zone: string;
  /** How many, or which; 1 when absent. */
  readonly nodes?: number | readonly NodeSpec[];
  /** A block of loopback, `127.<block>.0.0/16`; or `none`: nothing listens, for simulation. */
  readonly network: { readonly block: number } | 'none';
  readonly storage: MemberStorage;
  /**
   * Where other control planes of this cluster use the same etcd: of all of them the elected one runs controllers and
   * scheduler. Always so with etcd, where each has a name of its own; otherwise only when it is given.
   */
  readonly election?: Election;
  /** Which resources are encrypted in the storage; none when absent. */
  readonly encryption?: EncryptionConfiguration;
  /** Beyond and of those that are on by default. */
  readonly admissionPlugins?: PluginChoice;
  /** What plugins are told; the usual when absent. */
  readonly admission?: AdmissionConfiguration;
  /** What of the requests over HTTPS is noted; nothing when absent. */
  readonly audit?: AuditOptions;
  /** Requests over HTTPS are traced; none are when absent. */
  readonly tracer?: Tracer | undefined;
  readonly certificates: MemberCertificates;
  /** Users by bearer tokens, in lines of `token,user,uid,"group1,group2"`. */
  readonly tokenFile?: string;
  /** Users by tokens of issuers outside, and what may be asked without credentials. */
  readonly authentication?: AuthenticationOptions;
  /** Where the API server listens; the first address of the block, port 6443, when absent. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** What clients may take of it; the usual when absent. */
  readonly limits?: NonNullable<SecureServing['limits']>;
  /** Ports below are opened 10,000 higher; what this process may not open when absent, 0 for none. */
  readonly lowestPort?: number;
  readonly clusterDomain?: string;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly metrics?: Registry;
}

export interface MemberStatus {
  readonly ready: boolean;
  readonly nodes: { readonly total: number; readonly ready: number };
  readonly pods: { readonly total: number; readonly running: number };
}

/** A whole cluster, alive until disposed or until a part of it fails. */
export interface MemberCluster extends AsyncDisposable {
  readonly name: string;
  /** Of the API server; empty for a simulated one. */
  readonly url: string;
  readonly server: ApiServer;
  /** In-process, a member of `system:masters`. */
  readonly client: Client;
  /** Shows another serving certificate from the next connection on. Throws for a pair that cannot be served. */
  readonly renewServing: (pair: KeyPairPem) => void;
  /** Settles when all of it has ended; rejects with the first failure. */
  readonly done: Promise<void>;
  status(): MemberStatus;
}
