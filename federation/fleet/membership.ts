import { isAlreadyExists, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import { namespaces, nodes } from '../../src/apis/index.ts';
import { createRemoteClient, type Client } from '../../src/client/index.ts';
import { withDeadline, type Clock } from '../../src/component-base/index.ts';
import { clusters, type Cluster } from '../apis/index.ts';
import { joinCluster } from '../join/index.ts';
import type { FleetCertificates } from './certificates.ts';
import type { ComponentStatus } from './component.ts';
import type { FleetConfig } from './config.ts';

/** The fleet's members as the federation has them, spoken to over the API as anybody would. */
export interface Membership extends AsyncDisposable {
  join(name: string, signal: AbortSignal): Promise<void>;
  /** Resolves when the federation finds the cluster Ready, its nodes are, and the fleet's namespace is there. */
  ready(name: string, signal: AbortSignal): Promise<void>;
  /** Makes the fleet's namespace at the federation unless it is there. */
  createNamespace(signal: AbortSignal): Promise<void>;
  /** By cluster name; undefined when the federation does not answer. */
  conditions(signal: AbortSignal): Promise<ReadonlyMap<string, NonNullable<ComponentStatus['membership']>> | undefined>;
  /** An API server of the fleet, as its administrator. */
  client(component: string): Client;
}

export interface MembershipDeps {
  readonly config: FleetConfig;
  readonly certificates: FleetCertificates;
  readonly clock: Clock;
  readonly urlOf: (component: string) => string | undefined;
}

const JOIN_DEADLINE_MS = 30_000;
const READY_DEADLINE_MS = 60_000;
const ASK_DEADLINE_MS = 2_000;

export function openMembership({ config, certificates, clock, urlOf }: MembershipDeps): Membership {
  const clients = new Map<string, Client & AsyncDisposable>();
  const client = (component: string): Client => {
    const known = clients.get(component);
    if (known !== undefined) return known;
    const server = urlOf(component);
    if (server === undefined) throw new Error(`${component} has not been started`);
    const made = createRemoteClient({ server, ca: certificates.ca.certificate, credentials: certificates.admin });
    clients.set(component, made);
    return made;
  };
  const { name: federationName, domain, namespace, dns } = config.federation;
  return {
    client,
    join: async (name, signal) => {
      const server = urlOf(name);
      if (server === undefined) throw new Error(`${name} has not been started`);
      await joinCluster({
        federation: client(federationName),
        member: client(name),
        federationName,
        domain,
        nameservers: [`${dns.host}:${dns.port}`],
        name,
        server,
        ca: certificates.ca.certificate,
        clock,
        signal: withDeadline(JOIN_DEADLINE_MS, signal),
      });
    },
    createNamespace: async (signal) => {
      try {
        await client(federationName).create(namespaces, { metadata: { name: namespace } }, { signal });
      } catch (err) {
        if (!isAlreadyExists(err)) throw err;
      }
    },
    ready: async (name, signal) => {
      const until = withDeadline(READY_DEADLINE_MS, signal);
      const readyNodes = new Set<string | undefined>();
      const wanted = config.clusters.find((cluster) => cluster.name === name)?.nodes ?? 0;
      await Promise.all([
        seen(client(federationName), clusters, until, (cluster) => {
          return cluster.metadata.name === name && membershipOf(cluster) === 'Ready';
        }),
        seen(client(name), namespaces, until, ({ metadata }) => metadata.name === namespace),
        seen(client(name), nodes, until, (node) => {
          if (isTrue(node.status?.conditions, 'Ready')) readyNodes.add(node.metadata.name);
          return readyNodes.size >= wanted;
        }),
      ]);
    },
    conditions: async (signal) => {
      try {
        const { items } = await client(federationName).list(clusters, {
          signal: withDeadline(ASK_DEADLINE_MS, signal),
        });
        return new Map(items.map((cluster) => [cluster.metadata.name ?? '', membershipOf(cluster)]));
      } catch {
        return undefined;
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...clients.values()].map((made) => made[Symbol.asyncDispose]()));
      clients.clear();
    },
  };
}

/** Resolves when `found` says so of an object that is there or comes. */
async function seen<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  signal: AbortSignal,
  found: (object: T) => boolean,
): Promise<void> {
  for await (const event of client.watch(resource, { signal })) {
    if (event.type !== 'BOOKMARK' && event.type !== 'DELETED' && found(event.object)) return;
  }
  signal.throwIfAborted();
  throw new Error(`the watch of ${resource.plural} ended too early`);
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
}

function membershipOf({ status }: Cluster): NonNullable<ComponentStatus['membership']> {
  if (isTrue(status?.conditions, 'Ready')) return 'Ready';
  return isTrue(status?.conditions, 'Offline') ? 'Offline' : 'NotReady';
}
