import { expect, vi } from 'vitest';
import { clusterHealth, reporterInformers } from '../../../federation/control-plane/index.ts';
import { clusterCondition, clusters, type Cluster } from '../../../federation/apis/index.ts';
import { ClusterClients, FederatedInformer, type HealthTimings } from '../../../federation/cluster/index.ts';
import { serviceOfSlice, SLICES_BY_SERVICE } from '../../../federation/service/index.ts';
import { createReporter } from '../../../member-cluster/reporter/index.ts';
import type { KubeObject, Resource } from '../../../src/apimachinery/index.ts';
import { endpointSlices, namespaces, nodes, secrets, services, type Service } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { FakeClock, silentLogger, start } from '../../../src/component-base/index.ts';
import {
  createInformer,
  createInformerSet,
  type EventRecorder,
  type InformerOptions,
} from '../../../src/controller/index.ts';
import type { CheckOptions, CheckOutcome, ShardTarget } from '../../../src/reachability/index.ts';
import { FakeClient } from '../../harness/fake-client.ts';

/** `silent`: packets are lost. `refused`: nobody listens. `lossy`: every third time nothing comes back. */
export type Line = 'up' | 'silent' | 'refused' | 'lossy';

/** Of a Service that says how its shards are to be looked at. `failing`: somebody answers that it is not well. */
export type ShardLine = 'up' | 'silent' | 'failing';

export const HUB = 'hub';
const log = silentLogger;
const PROBE_TIMEOUT_MS = 2_000;
const web = { namespace: 'shop', name: 'web' };
/** There too where it is asked for. */
const pay = { namespace: 'shop', name: 'pay' };

export interface WorldOptions {
  readonly health?: Partial<HealthTimings>;
  readonly withoutReporter?: readonly string[];
  /** There is a Service that wants each of its shards to be judged. */
  readonly withPay?: boolean;
  /** No client has anything to reach there. */
  readonly withoutAddress?: readonly string[];
}

/** A hub and members with reporters on one clock, and a network between them of which each line can be cut for itself. */
export class PartitionWorld implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly events: string[] = [];
  readonly #names: readonly string[];
  readonly #withoutAddress: ReadonlySet<string>;
  readonly #withPay: boolean;
  readonly #pay = new Map<string, ShardLine>();
  readonly #hub = new FakeClient();
  readonly #members = new Map<string, FakeClient>();
  readonly #api = new Map<string, Line>();
  readonly #shards = new Map<string, Line>();
  readonly #running = new AsyncDisposableStack();
  #reachable: (key: string) => readonly string[] = () => [];

  private constructor(names: readonly string[], { withoutAddress = [], withPay = false }: WorldOptions) {
    this.#withPay = withPay;
    this.#names = names;
    this.#withoutAddress = new Set(withoutAddress);
  }

  static async start(names: readonly string[], options: WorldOptions = {}): Promise<PartitionWorld> {
    const world = new PartitionWorld(names, options);
    for (const name of names) await world.#startMember(name, options.withoutReporter?.includes(name) !== true);
    await world.#startHub(options.health ?? {});
    const reporters = names.filter((name) => options.withoutReporter?.includes(name) !== true);
    await vi.waitFor(() => world.#seenByAll(reporters), { timeout: 20_000, interval: 1 });
    return world;
  }

  /** The line by which `from` (the hub or a member) reaches the API of a member, that of its shards, or both. */
  set(
    line: Line,
    from: string | readonly string[],
    to: string | readonly string[],
    what: 'api' | 'shards' | 'both' = 'both',
  ) {
    for (const one of [from].flat()) {
      for (const other of [to].flat()) {
        if (one === other) continue;
        if (what !== 'shards') this.#api.set(`${one} ${other}`, line);
        if (what !== 'api') this.#shards.set(`${one} ${other}`, line);
        if (what !== 'shards' && line === 'refused') this.#members.get(other)?.breakWatches(refusal());
      }
    }
  }

  /** The lines to the shard of `pay` in a member. */
  setPay(line: ShardLine, from: readonly string[], to: string): void {
    for (const one of from) this.#pay.set(`${one} ${to}`, line);
  }

  /** Where clients of the Service are sent. */
  answers(service = web): string {
    return this.#reachable(`${service.namespace}/${service.name}`).join(' ');
  }

  /** Where those of `pay` are sent. */
  payAnswers(): string {
    return this.answers(pay);
  }

  /** The state of `Ready`, `Offline` and `ClientsReachable`. */
  async states(name: string): Promise<string> {
    const cluster = await this.cluster(name);
    return (['Ready', 'Offline', 'ClientsReachable'] as const)
      .map((type) => clusterCondition(cluster, type)?.status ?? '')
      .join(' ');
  }

  cluster(name: string): Promise<Cluster> {
    return this.#hub.get(clusters, { name });
  }

  async annotate(annotations: Readonly<Record<string, string>>): Promise<void> {
    await this.#hub.patch(services, web, { type: 'merge', patch: { metadata: { annotations } } });
  }

  async withdraw(name: string, withdrawn = true): Promise<void> {
    await this.#hub.patch(clusters, { name }, { type: 'merge', patch: { spec: { withdrawn } } });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#running.disposeAsync();
  }

  /** Everyone has looked at everyone. What a reporter needs is loaded when it is first used, in a time of its own. */
  async #seenByAll(reporters: readonly string[]): Promise<void> {
    await this.clock.advance(1_000);
    for (const name of this.#names) {
      const { status } = await this.cluster(name);
      const voters = this.#withoutAddress.has(name) ? 0 : 1 + reporters.filter((reporter) => reporter !== name).length;
      expect(status?.votes?.length ?? 0).toBe(voters);
    }
  }

  async #startMember(name: string, hasReporter: boolean): Promise<void> {
    const client = new FakeClient();
    const index = this.#names.indexOf(name) + 1;
    this.#members.set(name, client);
    await client.create(nodes, {
      metadata: { name: `${name}-1`, labels: { 'topology.kubernetes.io/region': name } },
    });
    await client.create(services, {
      metadata: web,
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
      status: { loadBalancer: { ingress: this.#withoutAddress.has(name) ? [] : [{ ip: `198.51.100.${index}` }] } },
    });
    await client.create(endpointSlices, {
      metadata: { namespace: 'shop', name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
    });
    if (this.#withPay) await this.#startPay(client, index);
    if (!hasReporter) return;
    await client.create(namespaces, { metadata: { name: 'federation-system' } });
    // What a member's token controller would do.
    const labels = { 'federation.koinon.dev/reporter': 'account' };
    const data = {
      token: Buffer.from(`token of ${name}`).toString('base64'),
      'ca.crt': Buffer.from('ca').toString('base64'),
    };
    const metadata = { namespace: 'federation-system', name: 'federation-reporter', labels };
    await client.create(secrets, { metadata, data });
    const informers = createInformerSet(client, { clock: this.clock, log });
    const reporter = createReporter({
      client,
      informers,
      clock: this.clock,
      log,
      check: this.#checkFrom(name),
      createClient: ({ cluster }) => this.#clientOf(cluster, name),
    });
    this.#running.use(await start([informers, reporter]));
  }

  async #startPay(client: FakeClient, index: number): Promise<void> {
    await client.create(services, {
      metadata: pay,
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
      status: { loadBalancer: { ingress: [{ ip: `198.51.101.${index}` }] } },
    });
    await client.create(endpointSlices, {
      metadata: { namespace: 'shop', name: 'pay-1', labels: { 'kubernetes.io/service-name': 'pay' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.2'], conditions: { ready: true } }],
    });
  }

  async #startHub(health: Partial<HealthTimings>): Promise<void> {
    const { clock } = this;
    const hub = this.#hub;
    await hub.create(services, { metadata: web, spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } });
    if (this.#withPay) {
      const annotations = { 'federation.koinon.dev/health-check': 'http:/healthz' };
      const spec = { type: 'LoadBalancer', ports: [{ port: 80 }] };
      await hub.create(services, { metadata: { ...pay, annotations }, spec });
    }
    for (const name of this.#names) {
      const spec = { serverAddressByClientCIDRs: [{ serverAddress: `https://${name}.test` }] };
      await hub.create(clusters, { metadata: { name }, spec });
    }
    const informers = createInformerSet(hub, { clock, log });
    const clusterInformer = informers.of(clusters);
    const serviceInformer = informers.of(services);
    const clients = new ClusterClients({
      clusters: clusterInformer,
      secrets: informers.of(secrets),
      createClient: ({ name }) => this.#clientOf(name, HUB),
      log,
    });
    const federated = <T extends KubeObject>(resource: Resource<T>, options: InformerOptions<T> = {}) =>
      new FederatedInformer<T>(resource.plural, {
        clients,
        clock,
        log,
        createInformer: (client) => createInformer(client, resource, { ...options, clock, log }),
      });
    const members = {
      nodes: federated(nodes),
      services: federated(services),
      endpointSlices: federated(endpointSlices, { indexes: { [SLICES_BY_SERVICE]: serviceOfSlice } }),
    };
    const reporters = reporterInformers({ clients, clock, log });
    const { shards, runnables } = clusterHealth({
      federationName: 'fed',
      federation: hub,
      clusters: clusterInformer,
      services: serviceInformer,
      clients,
      members,
      reporters,
      recorder: () => this.#recorder(),
      health,
      checkShard: this.#checkFrom(HUB),
      clock,
      log,
    });
    this.#running.use(await start([informers]));
    this.#running.use(await start([...runnables, ...Object.values(members), ...Object.values(reporters), clients]));
    this.#reachable = (key) => {
      const service: Service | undefined = serviceInformer.lister.get(key);
      return service === undefined ? [] : shards.reachable(service).map(({ cluster }) => cluster);
    };
  }

  #recorder(): EventRecorder {
    return {
      name: 'events',
      event: ({ ...about }, _type, reason) => {
        const { name = '' } = 'metadata' in about ? about.metadata : about;
        this.events.push(`${name} ${reason}`);
      },
      run: async (_signal, ready) => {
        ready();
      },
    };
  }

  #checkFrom(from: string) {
    return async ({ cluster, service }: ShardTarget, { timeoutMs }: CheckOptions): Promise<CheckOutcome> => {
      const own = service === 'shop/pay' ? this.#pay.get(`${from} ${cluster}`) : undefined;
      if (own === 'failing') return own;
      if (own === 'silent') {
        await this.clock.sleep(timeoutMs);
        return own;
      }
      if (this.#comesBack(this.#shards.get(`${from} ${cluster}`))) return 'answered';
      if (this.#shards.get(`${from} ${cluster}`) === 'refused') return 'refused';
      await this.clock.sleep(timeoutMs);
      return 'silent';
    };
  }

  #comesBack(line: Line = 'up'): boolean {
    return line === 'up' || (line === 'lossy' && this.clock.random() > 1 / 3);
  }

  /** A member's API as somebody sees it. */
  #clientOf(name: string, from: string): Client {
    const inner = this.#members.get(name) ?? new FakeClient();
    const line = () => this.#api.get(`${from} ${name}`);
    const passes = async () => {
      if (this.#comesBack(line())) return;
      if (line() === 'refused') throw refusal();
      await this.clock.sleep(PROBE_TIMEOUT_MS);
      throw new Error('no answer in time');
    };
    const through = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
      return async (...args: A): Promise<R> => {
        await passes();
        return call(...args);
      };
    };
    const { clock } = this;
    return {
      get: through((resource, key) => inner.get(resource, key)),
      list: through((resource, options) => inner.list(resource, options)),
      create: through((resource, object) => inner.create(resource, object)),
      update: through((resource, object) => inner.update(resource, object)),
      updateStatus: through((resource, object) => inner.updateStatus(resource, object)),
      patch: through((resource, key, patch) => inner.patch(resource, key, patch)),
      delete: through((resource, key) => inner.delete(resource, key)),
      deleteCollection: through(() => inner.deleteCollection()),
      createSubresource: through(() => inner.createSubresource()),
      raw: through(async (path: string) => (path === '/version' ? '{"gitVersion":"v1.36.0"}' : 'ok')),
      async *watch(resource, options) {
        await passes();
        for await (const event of inner.watch(resource, options)) {
          while (line() === 'silent') await clock.sleep(100, options.signal);
          if (line() === 'refused') throw refusal();
          yield event;
        }
      },
    };
  }
}

function refusal(): Error {
  return new Error('cannot reach the server', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) });
}
