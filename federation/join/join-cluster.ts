import { deepEqual } from '../../src/apimachinery/index.ts';
import { namespaces, secrets } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { systemClock, untilAborted, withDeadline, type Clock } from '../../src/component-base/index.ts';
import { clusters, FEDERATION_SYSTEM_NAMESPACE, type Cluster } from '../apis/index.ts';
import { ensure, remove } from './ensure.ts';
import { accountNames, createAccount, type Undo } from './member-account.ts';
import { announceFederation, forgetFederation } from './member-dns.ts';

export interface JoinOptions {
  /** As an administrator of the federation. */
  readonly federation: Client;
  /** As an administrator of the member. */
  readonly member: Client;
  /** Of the Cluster object. */
  readonly name: string;
  /** Where the federation reaches the member: host, host:port or URL. */
  readonly server: string;
  /** PEM, where the member does not tell its CA beside the token. */
  readonly ca?: string;
  readonly federationName: string;
  /** What the federation's DNS names end in. */
  readonly domain: string;
  /** `host[:port]` of DNS servers for that domain, where the member's own resolvers do not know it. */
  readonly nameservers?: readonly string[];
  /** Of the Cluster object, such as what a cluster selector asks for. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** All of it; 60 s. */
  readonly timeoutMs?: number;
  /** How long the member may take to issue a token; 30 s. */
  readonly tokenTimeoutMs?: number;
}

/** Bookkeeping of the original: what unjoin has to remove in the member. The first is misspelt there. */
export const bookkeeping = {
  serviceAccount: 'federation.kubernetes.io/servive-account-name',
  clusterRole: 'federation.kubernetes.io/cluster-role-name',
} as const;

const UNDO_TIMEOUT_MS = 10_000;

/**
 * Makes a cluster a member: an account for the federation there, its credentials in the federation, the Cluster
 * object, and the federation's name in the member's DNS. May be repeated. What it made is taken back when it fails.
 */
export async function joinCluster(options: JoinOptions): Promise<Cluster> {
  const signal = withDeadline(options.timeoutMs ?? 60_000, options.signal);
  const done: Undo = [];
  try {
    return await untilAborted(join(options, done, signal), signal);
  } catch (err) {
    const left = await undoAll(done);
    if (left.length === 0) throw err;
    const message = err instanceof Error ? err.message : String(err);
    throw new Error(`${message}; could not take back: ${left.join(', ')}`, { cause: err });
  }
}

async function join(options: JoinOptions, done: Undo, signal: AbortSignal): Promise<Cluster> {
  const { federation, member, name, federationName, clock = systemClock, tokenTimeoutMs = 30_000 } = options;
  const { token, ca } = await createAccount(
    { member, federation: federationName, cluster: name, clock, signal, tokenTimeoutMs },
    done,
  );
  await storeCredentials(options, { token, ca }, { done, signal });
  const { domain, nameservers = [] } = options;
  await announceFederation(member, { name: federationName, domain, nameservers }, signal);
  const wanted = clusterObject(options);
  const { object, created } = await ensure(federation, clusters, wanted, {
    change: (present) => {
      if (!deepEqual(present.spec, wanted.spec)) {
        throw new Error(
          `cluster ${name} is in the federation already, with another address or secret; unjoin it first`,
        );
      }
      return present;
    },
    signal,
  });
  if (created) {
    done.push({ what: 'cluster', undo: (own) => remove(federation, clusters, { name }, own) });
    done.push({ what: 'DNS entry', undo: (own) => forgetFederation(member, federationName, own) });
  }
  return object;
}

async function storeCredentials(
  { federation, name, ca: given }: JoinOptions,
  { token, ca }: { readonly token: string; readonly ca: string | undefined },
  { done, signal }: { readonly done: Undo; readonly signal: AbortSignal },
): Promise<void> {
  const namespace = FEDERATION_SYSTEM_NAMESPACE;
  const authority = ca ?? (given === undefined ? undefined : Buffer.from(given).toString('base64'));
  if (authority === undefined) throw new Error(`cluster ${name} does not tell its CA; give it with the join`);
  await ensure(federation, namespaces, { metadata: { name: namespace } }, { signal });
  const data = { token, 'ca.crt': authority };
  const { created } = await ensure(
    federation,
    secrets,
    { metadata: { name, namespace }, type: 'Opaque', data },
    { change: (present) => (deepEqual(present.data, data) ? present : { ...present, data }), signal },
  );
  if (created) {
    done.push({ what: 'credentials', undo: (own) => remove(federation, secrets, { name, namespace }, own) });
  }
}

function clusterObject({ name, server, federationName, labels }: JoinOptions): Omit<Cluster, 'apiVersion' | 'kind'> {
  const names = accountNames(federationName, name);
  return {
    metadata: {
      name,
      ...(labels === undefined ? {} : { labels }),
      annotations: {
        [bookkeeping.serviceAccount]: names.serviceAccount,
        [bookkeeping.clusterRole]: names.clusterRole,
      },
    },
    spec: {
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: withScheme(server) }],
      secretRef: { name },
    },
  };
}

function withScheme(address: string): string {
  return address.includes('://') ? address : `https://${address}`;
}

async function undoAll(done: Undo): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { what, undo } of done.reverse()) {
    const signal = AbortSignal.timeout(UNDO_TIMEOUT_MS);
    try {
      await untilAborted(undo(signal), signal);
    } catch (err) {
      left.push(`${what} (${err instanceof Error ? err.message : String(err)})`);
    }
  }
  return left;
}
