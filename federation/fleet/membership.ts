import { isAlreadyExists, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import { namespaces, nodes } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { withDeadline, type Clock } from '../../src/component-base/index.ts';
import { clusters, type Cluster } from '../apis/index.ts';
import { joinCluster, unjoinCluster } from '../join/index.ts';
import { publishingProblems } from '../publishing/index.ts';
import { readRestoration } from '../restoration/index.ts';
import type { ComponentStatus } from './component.ts';
import type { ClusterConfig, FederationConfig } from './config.ts';
import type { FleetClients } from './fleet-clients.ts';

type MembershipState = NonNullable<ComponentStatus['membership']>;

const JOIN_DEADLINE_MS = 30_000;
const READY_DEADLINE_MS = 60_000;
const ASK_DEADLINE_MS = 2_000;

/** The fleet's members as the federation has them, spoken to over the API as anybody would. */
export class Membership {
  readonly #federation: FederationConfig;
  readonly #clients: FleetClients;
  readonly #clock: Clock;

  constructor(federation: FederationConfig, clients: FleetClients, clock: Clock) {
    this.#federation = federation;
    this.#clients = clients;
    this.#clock = clock;
  }

  async join(name: string, signal: AbortSignal): Promise<void> {
    const { name: federationName, domain, dns } = this.#federation;
    await joinCluster({
      federation: this.#clients.of(federationName),
      member: this.#clients.of(name),
      federationName,
      domain,
      nameservers: [`${dns.host}:${dns.port}`],
      name,
      server: this.#clients.urlOf(name),
      trust: { kind: 'authority', ca: this.#clients.ca },
      clock: this.#clock,
      signal: withDeadline(JOIN_DEADLINE_MS, signal),
    });
  }

  /** Takes a cluster that runs no more out of the federation; nothing to do for one that is not in it. */
  async forget(name: string): Promise<void> {
    const { name: federationName } = this.#federation;
    const federation = this.#clients.of(federationName);
    await unjoinCluster({ federation, federationName, name, force: true, signal: withDeadline(JOIN_DEADLINE_MS) });
  }

  /** Makes the fleet's namespace at the federation unless it is there. */
  async createNamespace(signal: AbortSignal): Promise<void> {
    const { name, namespace } = this.#federation;
    try {
      await this.#clients.of(name).create(namespaces, { metadata: { name: namespace } }, { signal });
    } catch (err) {
      if (!isAlreadyExists(err)) throw err;
    }
  }

  /** Resolves when the federation finds the cluster Ready, its nodes are, and the fleet's namespace is there. */
  async ready({ name, nodes: wanted }: ClusterConfig, signal: AbortSignal): Promise<void> {
    const until = withDeadline(READY_DEADLINE_MS, signal);
    const { name: federation, namespace } = this.#federation;
    const readyNodes = new Set<string | undefined>();
    await Promise.all([
      seen(this.#clients.of(federation), clusters, until, (cluster) => {
        return cluster.metadata.name === name && membershipOf(cluster) === 'Ready';
      }),
      seen(this.#clients.of(name), namespaces, until, ({ metadata }) => metadata.name === namespace),
      seen(this.#clients.of(name), nodes, until, (node) => {
        if (isTrue(node.status?.conditions, 'Ready')) readyNodes.add(node.metadata.name);
        return readyNodes.size >= wanted;
      }),
    ]);
  }

  /** By cluster name; undefined when the federation does not answer. */
  async conditions(signal: AbortSignal): Promise<ReadonlyMap<string, MembershipState> | undefined> {
    const deadline = withDeadline(ASK_DEADLINE_MS, signal);
    try {
      const { items } = await this.#clients.of(this.#federation.name).list(clusters, { signal: deadline });
      return new Map(items.map((cluster) => [cluster.metadata.name ?? '', membershipOf(cluster)]));
    } catch {
      return undefined;
    }
  }

  /** What the federation waits for, in a few words; empty when for nothing, or when it does not answer. */
  async waitsFor(signal: AbortSignal): Promise<string> {
    const deadline = withDeadline(ASK_DEADLINE_MS, signal);
    try {
      const federation = this.#clients.of(this.#federation.name);
      const [restoration, publishing] = await Promise.all([
        readRestoration(federation, deadline),
        publishingProblems(federation, this.#clock.now(), deadline),
      ]);
      const restored = 'restored from a backup: nothing is deleted in members until "koinon confirm-restore"';
      return [...(restoration === undefined ? [] : [restored]), ...publishing].join('; ');
    } catch {
      return '';
    }
  }
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

function membershipOf({ status }: Cluster): MembershipState {
  if (isTrue(status?.conditions, 'Ready')) return 'Ready';
  return isTrue(status?.conditions, 'Offline') ? 'Offline' : 'NotReady';
}
