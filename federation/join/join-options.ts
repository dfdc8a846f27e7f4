import type { Client } from '../../src/client/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import type { Trust } from './stored-credentials.ts';

export interface JoinOptions {
  /** As an administrator of the federation. */
  readonly federation: Client;
  /** As an administrator of the member. */
  readonly member: Client;
  /** Of the Cluster object. */
  readonly name: string;
  /** Where the federation reaches the member: host, host:port or URL. */
  readonly server: string;
  /** By the authority that the member names when absent. */
  readonly trust?: Trust;
  /** Credentials that somebody made, in a kubeconfig with nothing beside it: no account is made then. */
  readonly kubeconfig?: string;
  readonly federationName: string;
  /** What the federation's DNS names end in. */
  readonly domain: string;
  /** `host[:port]` of DNS servers for that domain, where the member's own resolvers do not know it. */
  readonly nameservers?: readonly string[];
  /** Of the Cluster object, such as what a cluster selector asks for. */
  readonly labels?: Readonly<Record<string, string>>;
  /** In the federation; the cluster's name when absent. */
  readonly secretName?: string;
  /** Of the account in the member; `federation-system` when absent. */
  readonly memberNamespace?: string;
  /** API groups of which the account may write every kind. */
  readonly groups?: readonly string[];
  /** The account may grant more than it has. */
  readonly mayEscalate?: boolean;
  /** How long a token shall be good; 7 days. The federation renews it long before. */
  readonly tokenSeconds?: number;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** All of it; 60 s. */
  readonly timeoutMs?: number;
  /** How long the member may take to issue a token; 30 s. */
  readonly tokenTimeoutMs?: number;
}

export const DEFAULT_TOKEN_SECONDS = 7 * 24 * 60 * 60;
