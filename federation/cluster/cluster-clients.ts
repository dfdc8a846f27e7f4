import { stableJson } from '../../src/apimachinery/index.ts';
import type { Secret } from '../../src/apis/index.ts';
import type { Client, ClientCredentials } from '../../src/client/index.ts';
import { aborted, type Logger, type Runnable } from '../../src/component-base/index.ts';
import type { Informer } from '../../src/controller/index.ts';
import { FEDERATION_SYSTEM_NAMESPACE, serverAddressFor, type Cluster } from '../apis/index.ts';
import { credentialsOf, type MemberCredentials } from './credentials.ts';
import { tokenIdentity } from './token-identity.ts';

export interface MemberTarget extends Omit<MemberCredentials, 'credentials'> {
  readonly credentials?: ClientCredentials;
  /** Of the Cluster object. */
  readonly name: string;
  /** `https://host[:port]`. */
  readonly server: string;
}

export type MemberClient = Client & Partial<AsyncDisposable>;

/** Makes a client; no I/O yet. */
export type MemberClientFactory = (target: MemberTarget) => MemberClient;

export type ClientChange = (cluster: string, client: Client | undefined) => void;

export interface ClusterClientsDeps {
  readonly clusters: Informer<Cluster>;
  /** Of the namespace `federation-system` at least. */
  readonly secrets: Informer<Secret>;
  readonly createClient: MemberClientFactory;
  readonly log: Logger;
  /** Ours, to choose among the addresses of a Cluster. */
  readonly clientAddress?: string;
}

/** As the Cluster and its Secret say. */
interface Described extends MemberCredentials {
  readonly name: string;
  readonly server: string;
}

interface Entry {
  readonly fingerprint: string;
  /** What the client shows now: a token that was renewed is no reason to list everything anew. */
  readonly token?: { current: string };
  readonly client?: MemberClient;
  readonly problem?: string;
}

/** A client for every Cluster object; made anew when its addresses or its Secret change. */
export class ClusterClients implements Runnable {
  readonly name = 'cluster-clients';
  readonly #deps: ClusterClientsDeps;
  readonly #entries = new Map<string, Entry>();
  readonly #handlers = new Set<ClientChange>();

  constructor(deps: ClusterClientsDeps) {
    this.#deps = deps;
  }

  /** `undefined` for a cluster that is not in the federation, or for which no client can be made: see `problem`. */
  get(cluster: string): Client | undefined {
    return this.#entries.get(cluster)?.client;
  }

  problem(cluster: string): string | undefined {
    return this.#entries.get(cluster)?.problem;
  }

  /** Told of every client made, replaced or gone; those there already are told at once. Returns its own removal. */
  onChange(handler: ClientChange): () => void {
    this.#handlers.add(handler);
    for (const [cluster, { client }] of this.#entries) if (client !== undefined) handler(cluster, client);
    return () => {
      this.#handlers.delete(handler);
    };
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { clusters, secrets } = this.#deps;
    const removals = [
      clusters.onEvent(({ key }) => {
        this.#review(key);
      }),
      secrets.onEvent(({ object }) => {
        if (object.metadata.namespace !== FEDERATION_SYSTEM_NAMESPACE) return;
        for (const cluster of clusters.lister.list()) {
          if (cluster.spec?.secretRef?.name === object.metadata.name) this.#review(cluster.metadata.name ?? '');
        }
      }),
    ];
    ready();
    await aborted(signal);
    for (const remove of removals) remove();
    await Promise.all([...this.#entries.keys()].map((cluster) => this.#replace(cluster, undefined)));
  }

  #review(name: string): void {
    const { clusters, log } = this.#deps;
    const cluster = clusters.lister.get(name);
    if (cluster === undefined) {
      void this.#replace(name, undefined);
      return;
    }
    const target = this.#targetOf(name, cluster);
    const fingerprint = fingerprintOf(target);
    const before = this.#entries.get(name);
    if (before?.fingerprint === fingerprint) {
      const token = 'problem' in target ? undefined : tokenOf(target);
      if (before.token !== undefined && token !== undefined) before.token.current = token;
      return;
    }
    if ('problem' in target) log.warn({ cluster: name, problem: target.problem }, 'no client for cluster');
    void this.#replace(name, this.#entryOf(target, fingerprint));
  }

  #targetOf(name: string, cluster: Cluster): Described | { readonly problem: string } {
    const server = serverAddressFor(cluster, this.#deps.clientAddress);
    if (server === undefined) return { problem: 'no server address is meant for this client' };
    const secretName = cluster.spec?.secretRef?.name;
    if (secretName === undefined) return { name, server };

    const secret = this.#deps.secrets.lister.get(`${FEDERATION_SYSTEM_NAMESPACE}/${secretName}`);
    if (secret === undefined) return { problem: `secret ${FEDERATION_SYSTEM_NAMESPACE}/${secretName} not found` };
    try {
      return { name, server, ...credentialsOf(secret.data ?? {}) };
    } catch (err) {
      return { problem: `secret ${secretName} cannot be used: ${messageOf(err)}` };
    }
  }

  #entryOf(target: Described | { readonly problem: string }, fingerprint: string): Entry {
    if ('problem' in target) return { fingerprint, problem: target.problem };
    try {
      const text = tokenOf(target);
      if (text === undefined || tokenIdentity(text) === text) {
        return { fingerprint, client: this.#deps.createClient(target) };
      }
      const token = { current: text };
      const credentials = { token: () => Promise.resolve(token.current) };
      return { fingerprint, token, client: this.#deps.createClient({ ...target, credentials }) };
    } catch (err) {
      return { fingerprint, problem: messageOf(err) };
    }
  }

  async #replace(cluster: string, next: Entry | undefined): Promise<void> {
    const before = this.#entries.get(cluster);
    if (next === undefined) this.#entries.delete(cluster);
    else this.#entries.set(cluster, next);
    if (before?.client !== next?.client) for (const handler of this.#handlers) handler(cluster, next?.client);
    try {
      await before?.client?.[Symbol.asyncDispose]?.();
    } catch (err) {
      this.#deps.log.debug({ cluster, err }, 'old client did not close cleanly');
    }
  }
}

function fingerprintOf(target: Described | { readonly problem: string }): string {
  const token = 'problem' in target ? undefined : tokenOf(target);
  return stableJson(token === undefined ? target : { ...target, credentials: { token: tokenIdentity(token) } });
}

function tokenOf({ credentials }: MemberCredentials): string | undefined {
  return credentials !== undefined && 'token' in credentials ? credentials.token : undefined;
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}
