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
  /** Resolves when the federation finds the cluster Ready. */
  ready(name: string, signal: AbortSignal): Promise<void>;
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
  const { name: federationName, domain, dns } = config.federation;
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
    ready: async (name, signal) => {
      const until = withDeadline(JOIN_DEADLINE_MS, signal);
      const events = client(federationName).watch(clusters, { signal: until, fieldSelector: `metadata.name=${name}` });
      for await (const event of events) if (event.type !== 'BOOKMARK' && membershipOf(event.object) === 'Ready') return;
      until.throwIfAborted();
      throw new Error(`the federation ended the watch of cluster ${name}`);
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

function membershipOf(cluster: Cluster): NonNullable<ComponentStatus['membership']> {
  const conditions = cluster.status?.conditions ?? [];
  const has = (type: string) => conditions.some((condition) => condition.type === type && condition.status === 'True');
  if (has('Ready')) return 'Ready';
  return has('Offline') ? 'Offline' : 'NotReady';
}
