import type { TypeTable } from '../apimachinery/index.ts';
import type { Client } from '../client/index.ts';
import type { Clock, Logger, Registry as MetricsRegistry, Runnable } from '../component-base/index.ts';
import type { Storage } from '../storage/index.ts';
import type { Tracer } from '../tracing/index.ts';
import type { AdmissionPlugin } from './admission.ts';
import type { RemoteApis } from './aggregation/remote-apis.ts';
import type { AuditOptions } from './audit/auditor.ts';
import type { ResourceCatalog } from './catalog.ts';
import type { FlowControlSource } from './flow-control/contract.ts';
import type { Documents } from './documents.ts';
import type { ServingLimits } from './http/serving-limits.ts';
import type { ResourceDefinition, UserInfo } from './resource-definition.ts';
import type { Authenticator, Authorizer } from './security.ts';

export interface ApiServerOptions {
  readonly resources: readonly ResourceDefinition[];
  /** Usually wrapped in the watch cache. Not closed by the server. */
  readonly storage: Storage;
  readonly types: TypeTable;
  /** In order; each gets a client with the server's own identity, which passes admission and authorization too. */
  readonly admission?: (own: Client) => readonly AdmissionPlugin[];
  readonly authenticators?: (own: Client) => readonly Authenticator[];
  /** Whether who shows no credentials is `system:anonymous` at a path, for authorization to decide; 401 otherwise. Of health only when absent. */
  readonly allowsAnonymous?: (path: string) => boolean;
  /** Names in the certificates of front proxies, which say who their users are; nobody is one when absent. */
  readonly frontProxies?: readonly string[];
  readonly authorizer?: (own: Client) => Authorizer;
  /** Who asked over HTTPS for what, and what came of it, is noted; nothing is when absent. */
  readonly audit?: AuditOptions;
  /** Requests over HTTPS are traced; none are when absent. */
  readonly tracer?: Tracer | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: MetricsRegistry;
  /** Checks beside `ping` and `storage` for /readyz: throws while not ready. */
  readonly readyChecks?: Readonly<Record<string, () => void>>;
  /** What it answers at paths of its own, such as the keys of its tokens. */
  readonly documents?: Documents;
  /** What /version says; a semantic version such as `v1.36.0+koinon`. */
  readonly gitVersion?: string;
  /** Who gets an answer first when not everybody can have one at once: FlowSchemas and PriorityLevelConfigurations. */
  readonly flowControl?: (own: Client) => FlowControlSource;
  /** How many requests may be answered at a time before others wait, or without flow control get 429; 200 and 400 when absent. */
  readonly inFlight?: { readonly mutating: number; readonly readOnly: number };
}

export interface SecureServing {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  /** PEM of the CA whose client certificates are believed. */
  readonly clientCa: string;
  readonly limits?: Partial<ServingLimits>;
}

export interface HttpsListener extends Runnable {
  /** `https://host:port`, known once ready. */
  readonly url: string;
  /**
   * Shows another certificate, PEM, from the next connection on; those that are open live on. Throws, and goes on with the
   * one it has, for what is no certificate or not this key's.
   */
  renew(serving: Pick<SecureServing, 'cert' | 'key'>): void;
}

/** The generic API server: no I/O until its client is used or a listener runs. */
export interface ApiServer {
  /** What is served; more sources may be added while it runs. */
  readonly catalog: ResourceCatalog;
  /** What other servers serve behind this one. */
  readonly remoteApis: RemoteApis;
  /** The in-process transport: same admission, authorization and validation, shared frozen objects, nothing parsed. */
  client(user: UserInfo): Client;
  /** The HTTPS transport, HTTP/1.1 and HTTP/2 on one port. */
  listener(serving: SecureServing): HttpsListener;
}
