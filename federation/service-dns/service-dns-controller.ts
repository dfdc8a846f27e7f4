import type { DnsProvider, DnsZone, RecordChanges, RecordSet } from '../../dns/provider/index.ts';
import { DnsProviderError } from '../../dns/provider/index.ts';
import { keyOf } from '../../src/apimachinery/index.ts';
import type { Service } from '../../src/apis/index.ts';
import { untilAborted, withDeadline, type Clock, type Logger, type Runnable } from '../../src/component-base/index.ts';
import type { EventRecorder, Informer } from '../../src/controller/index.ts';
import type { Cluster } from '../apis/index.ts';
import { WakeUp } from '../cluster/index.ts';
import type { ShardHealth } from '../service/index.ts';
import { parseDnsPolicy, USUAL_POLICY, type DnsPolicy } from './dns-policy.ts';
import { DEFAULT_TTL_SECONDS, parseTtl } from './dns-ttl.ts';
import { HostNames, systemResolver, type ResolveHostName } from './host-names.ts';
import { namingOf, type Naming } from './naming.ts';
import { PublishedRecords } from './published-records.ts';
import { changesBetween } from './record-changes.ts';
import { planRecords } from './record-planner.ts';
import { locationsOf } from './topology.ts';

export interface ServiceDnsDeps {
  readonly provider: DnsProvider;
  readonly services: Informer<Service>;
  readonly clusters: Informer<Cluster>;
  readonly shards: Pick<ShardHealth, 'reachable' | 'onChange'>;
  /** As long as it holds, names of Services that are not there stay. */
  readonly hold?: { readonly holds: boolean; onChange(handler: () => void): () => void };
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly resolveHostName?: ResolveHostName;
}

export interface ServiceDnsOptions {
  readonly federation: string;
  readonly zoneName: string;
  /** Of the names published; the zone itself when absent. */
  readonly suffix?: string;
  /** 180 when absent, as in the original. */
  readonly ttlSeconds?: number;
  /** How often the zone is read again and repaired; 5 minutes. */
  readonly resyncMs?: number;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 15_000;
const UNRESOLVED_RETRY_MS = 10_000;
const SHORTEST_REFRESH_MS = 5_000;
/** A provider that has not answered by then is asked again: what it did meanwhile is read from the zone. */
const PROVIDER_TIMEOUT_MS = 30_000;

/**
 * Publishes the records of every federated Service: reads the zone once, then applies the least that makes it right,
 * all changes of a moment in one request. Records under the federation's names whose Service or cluster is gone go too.
 */
export class ServiceDnsController implements Runnable {
  readonly name = 'service-dns-controller';
  readonly #deps: ServiceDnsDeps;
  readonly #naming: Naming;
  readonly #zoneName: string;
  readonly #ttlSeconds: number;
  readonly #resyncMs: number;
  readonly #published: PublishedRecords;
  readonly #hostNames: HostNames;
  readonly #wakeUp: WakeUp;
  readonly #dirty = new Set<string>();
  /** Host names in use, by service. */
  readonly #hostNamesOf = new Map<string, readonly string[]>();
  readonly #told = new Map<string, string>();
  #refreshing = false;

  constructor(deps: ServiceDnsDeps, options: ServiceDnsOptions) {
    const { federation, zoneName, suffix = zoneName, ttlSeconds = DEFAULT_TTL_SECONDS, resyncMs = 300_000 } = options;
    this.#deps = deps;
    this.#naming = namingOf(federation, suffix);
    this.#zoneName = zoneName.toLowerCase().replace(/\.$/, '');
    this.#ttlSeconds = ttlSeconds;
    this.#resyncMs = resyncMs;
    this.#published = new PublishedRecords(this.#naming);
    this.#wakeUp = new WakeUp(deps.clock);
    this.#hostNames = new HostNames({
      resolve: deps.resolveHostName ?? systemResolver,
      clock: deps.clock,
      log: deps.log,
    });
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { services, clusters, shards, hold, log } = this.#deps;
    const removals = [
      ...(hold === undefined
        ? []
        : [
            hold.onChange(() => {
              for (const key of this.#published.services()) this.#mark(key);
            }),
          ]),
      shards.onChange((key) => {
        this.#mark(key);
      }),
      clusters.onEvent(({ type, object, previous }) => {
        const moved = JSON.stringify(locationsOf([object])) !== JSON.stringify(locationsOf([previous ?? object]));
        if (type !== 'update' || moved) for (const service of services.lister.list()) this.#mark(keyOf(service));
      }),
    ];
    ready();
    const isStopped = () => signal.aborted;
    let retryMs = FIRST_RETRY_MS;
    while (!isStopped()) {
      try {
        const zone = await inTime(signal, (deadline) => this.#deps.provider.zone(this.#zoneName, deadline));
        await this.#publishFrom(zone, signal, () => {
          retryMs = FIRST_RETRY_MS;
        });
      } catch (err) {
        if (isStopped()) break;
        log.warn({ zone: this.#zoneName, retryMs, err }, 'cannot publish records');
        await this.#deps.clock.sleep(retryMs, signal).catch(() => undefined);
        retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
      }
    }
    for (const remove of removals) remove();
  }

  /** Reads the zone, then follows changes until it is time to read it again. */
  async #publishFrom(zone: DnsZone, signal: AbortSignal, onSuccess: () => void): Promise<void> {
    const { services, clock } = this.#deps;
    await inTime(signal, (deadline) => this.#published.read(zone, deadline));
    for (const service of services.lister.list()) this.#dirty.add(keyOf(service));
    for (const key of this.#published.services()) this.#dirty.add(key);
    const until = clock.now() + this.#resyncMs;
    let refreshAt = this.#nextRefresh();
    while (!signal.aborted && clock.now() < until) {
      if (this.#dirty.size > 0) await this.#flush(zone, signal);
      onSuccess();
      if (this.#dirty.size > 0) continue;
      refreshAt = Math.min(refreshAt, this.#nextRefresh());
      await this.#wakeUp.wait(Math.min(until, refreshAt) - clock.now(), signal);
      if (clock.now() < refreshAt) continue;
      void this.#refreshHostNames(signal);
      refreshAt = this.#nextRefresh();
    }
  }

  async #flush(zone: DnsZone, signal: AbortSignal): Promise<void> {
    const keys = [...this.#dirty];
    this.#dirty.clear();
    const changes = new Map<string, RecordChanges>();
    for (const key of keys) {
      const change = changesBetween(this.#published.of(key), this.#desired(key, signal));
      if (change.upsert.length + change.remove.length > 0) changes.set(key, change);
    }
    if (changes.size === 0) return;
    try {
      await this.#apply(zone, merged([...changes.values()]), signal);
    } catch (err) {
      if (!isRefusal(err)) {
        for (const key of keys) this.#dirty.add(key);
        throw err;
      }
      await this.#applyOneByOne(zone, changes, signal);
    }
  }

  /** One service's records were refused: the others must not wait for it. */
  async #applyOneByOne(zone: DnsZone, changes: ReadonlyMap<string, RecordChanges>, signal: AbortSignal): Promise<void> {
    const { services, events, log } = this.#deps;
    for (const [key, change] of changes) {
      try {
        await this.#apply(zone, change, signal);
      } catch (err) {
        if (!isRefusal(err)) {
          this.#dirty.add(key);
          throw err;
        }
        const service = services.lister.get(key);
        log.warn({ service: key, err }, 'records refused');
        if (service !== undefined) events.event(service, 'Warning', 'DNSUpdateFailed', err.message);
      }
    }
  }

  async #apply(zone: DnsZone, change: RecordChanges, signal: AbortSignal): Promise<void> {
    await inTime(signal, (deadline) => zone.apply(change, deadline));
    this.#published.note(change);
  }

  #desired(key: string, signal: AbortSignal): readonly RecordSet[] {
    const { services, clusters, shards } = this.#deps;
    const service = services.lister.get(key);
    if (service === undefined) {
      this.#hostNamesOf.delete(key);
      this.#told.delete(`${key} ttl`);
      this.#told.delete(`${key} policy`);
      return this.#deps.hold?.holds === true ? this.#published.of(key) : [];
    }
    const { namespace = '', name = '' } = service.metadata;
    const plan = planRecords(
      {
        namespace,
        name,
        ttlSeconds: this.#ttlOf(key, service),
        policy: this.#policyOf(key, service),
        shards: shards.reachable(service),
      },
      {
        naming: this.#naming,
        topology: locationsOf(clusters.lister.list()),
        resolve: (hostName) => this.#hostNames.addressesOf(hostName),
      },
    );
    this.#hostNamesOf.set(key, plan.hostNames);
    if (plan.hostNames.some((hostName) => this.#hostNames.addressesOf(hostName) === undefined)) {
      void this.#learn(plan.hostNames, signal);
    }
    return plan.records;
  }

  #ttlOf(key: string, service: Service): number {
    const parsed = parseTtl(service.metadata.annotations);
    this.#tellProblem(`${key} ttl`, service, ['InvalidDNSTTL', parsed.ok ? '' : parsed.problem]);
    return parsed.ok ? (parsed.ttlSeconds ?? this.#ttlSeconds) : this.#ttlSeconds;
  }

  #policyOf(key: string, service: Service): DnsPolicy {
    const parsed = parseDnsPolicy(service.metadata.annotations);
    this.#tellProblem(`${key} policy`, service, [
      'InvalidDNSPolicy',
      parsed.ok ? '' : `${parsed.key} ${parsed.problem}`,
    ]);
    return parsed.ok ? parsed.policy : USUAL_POLICY;
  }

  /** Once, as long as it stays the same. */
  #tellProblem(subject: string, service: Service, [reason, problem]: readonly [string, string]): void {
    if ((this.#told.get(subject) ?? '') === problem) return;
    this.#told.set(subject, problem);
    if (problem !== '') this.#deps.events.event(service, 'Warning', reason, problem);
  }

  /** Beside the loop: a resolver that takes its time delays no other record. */
  async #learn(hostNames: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      this.#markUsersOf(await this.#hostNames.learn(hostNames, signal));
    } catch (err) {
      if (!signal.aborted) this.#deps.log.warn({ err }, 'cannot resolve host names');
    }
  }

  /** Host names are looked up again with the TTL; new ones that have no address yet sooner. */
  #nextRefresh(): number {
    const unresolved = this.#hostNamesInUse().some((name) => this.#hostNames.addressesOf(name) === undefined);
    // A TTL may be 0.
    const usualMs = Math.max(this.#ttlSeconds * 1000, SHORTEST_REFRESH_MS);
    return this.#deps.clock.now() + (unresolved ? Math.min(usualMs, UNRESOLVED_RETRY_MS) : usualMs);
  }

  #hostNamesInUse(): readonly string[] {
    return [...this.#hostNamesOf.values()].flat();
  }

  /** Beside the loop too, and one at a time. */
  async #refreshHostNames(signal: AbortSignal): Promise<void> {
    if (this.#refreshing) return;
    this.#refreshing = true;
    try {
      this.#markUsersOf(await this.#hostNames.refresh(new Set(this.#hostNamesInUse()), signal));
    } catch (err) {
      if (!signal.aborted) this.#deps.log.warn({ err }, 'cannot resolve host names');
    } finally {
      this.#refreshing = false;
    }
  }

  #markUsersOf(hostNames: ReadonlySet<string>): void {
    for (const [key, used] of this.#hostNamesOf) if (used.some((name) => hostNames.has(name))) this.#mark(key);
  }

  #mark(key: string): void {
    this.#dirty.add(key);
    this.#wakeUp.call();
  }
}

function merged(changes: readonly RecordChanges[]): RecordChanges {
  return { upsert: changes.flatMap(({ upsert }) => upsert), remove: changes.flatMap(({ remove }) => remove) };
}

/** The provider understood and will say no again. */
function isRefusal(err: unknown): err is DnsProviderError {
  return err instanceof DnsProviderError && err.code !== 'Unavailable' && err.code !== 'NoSuchZone';
}

async function inTime<R>(signal: AbortSignal, call: (deadline: AbortSignal) => Promise<R>): Promise<R> {
  const deadline = withDeadline(PROVIDER_TIMEOUT_MS, signal);
  return untilAborted(call(deadline), deadline);
}
