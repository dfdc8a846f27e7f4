import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  ClaimedNames,
  DnsProviderError,
  OwnNames,
  type DnsZone,
  type OwnedChanges,
  type ProviderChanges,
  type ZoneOwnership,
} from '../../dns/provider/index.ts';
import type { Clock, Logger, Runnable } from '../../src/component-base/index.ts';
import { WakeUp } from '../cluster/index.ts';
import { DEFAULT_TTL_SECONDS } from './dns-ttl.ts';
import { mergedPhases } from './merged-phases.ts';
import { namingOf, serviceKeyOf } from './naming.ts';
import { inTime, isRefusal } from './provider-call.ts';
import { PublishingBacklog, type PublishingState } from './publishing-state.ts';
import type { PublishTarget } from './publish-target.ts';
import { keyOfResource, resourceOfKey } from './service-resource.ts';
import type { RecordsAsked, ServiceRecords } from './service-records.ts';

export interface ZonePublisherDeps {
  readonly records: ServiceRecords;
  /** As long as it holds, names of Services that are not there stay. */
  readonly hold?: { readonly holds: boolean; onChange(handler: () => void): () => void };
  readonly clock: Clock;
  readonly log: Logger;
}

interface Planned extends OwnedChanges {
  readonly since: number;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 15_000;
/** A person must act first: asking more often would only lock the account. */
const DENIED_RETRY_MS = 60_000;
/** Record sets in one change, roughly. */
const BATCH = 1_000;
/** What is looked at before others of this process have their turn: questions of clients wait for none of it. */
const SETS_A_TURN = 2_000;
const SERVICES_A_TURN = 50;
/** Services of which something waits for so long are told so, a few of them. */
const LATE_AFTER_MS = 60_000;
const MOST_TOLD = 50;
/** Where others write the same names, what came of it is looked at soon. */
const SHARED_LOOK_MS = 15_000;
const RESYNC_MS = 300_000;

/**
 * Keeps one zone at one provider true to the Services: reads it, then applies the least that makes it right, all changes of
 * a moment in one request. What is ours and has no Service or cluster any longer goes too. Others wait for none of this.
 */
export class ZonePublisher implements Runnable {
  readonly name: string;
  readonly #deps: ZonePublisherDeps;
  readonly #target: PublishTarget;
  readonly #asked: RecordsAsked;
  readonly #zoneName: string;
  readonly #backlog: PublishingBacklog;
  readonly #wakeUp: WakeUp;
  readonly #log: Logger;
  #ownership: ZoneOwnership | undefined;
  #retryMs = FIRST_RETRY_MS;
  #until = 0;

  constructor(deps: ZonePublisherDeps, target: PublishTarget, federation: string) {
    const { name, suffix = target.zoneName, ttlSeconds = DEFAULT_TTL_SECONDS, takes, tells } = target;
    this.name = `dns-publisher-${name}`;
    this.#deps = deps;
    this.#target = target;
    this.#zoneName = target.zoneName.toLowerCase().replace(/\.$/, '');
    this.#asked = {
      target: name,
      naming: namingOf(federation, suffix),
      ttlSeconds,
      ...(takes === undefined ? {} : { takes }),
      ...(tells === undefined ? {} : { tells }),
    };
    this.#backlog = new PublishingBacklog(
      { target: name, zone: this.#zoneName, dryRun: target.dryRun === true },
      deps.clock,
    );
    this.#wakeUp = new WakeUp(deps.clock);
    this.#log = deps.log.child({ provider: name, zone: this.#zoneName });
  }

  state(): PublishingState {
    return this.#backlog.state();
  }

  /** What `state` gives may have become another; what is given back ends the calls. */
  onChange(handler: () => void): () => void {
    return this.#backlog.onChange(handler);
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { records, hold, clock } = this.#deps;
    const removals = [
      records.onChange((key) => {
        this.#mark(key);
      }),
      hold?.onChange(() => {
        for (const key of this.#published()) this.#mark(key);
      }),
    ];
    ready();
    const isStopped = () => signal.aborted;
    while (!isStopped()) {
      try {
        await this.#publishFrom(await this.#zone(signal), signal);
      } catch (err) {
        if (isStopped()) break;
        const delayMs = this.#failed(err);
        await clock.sleep(delayMs, signal).catch(() => undefined);
      }
    }
    for (const remove of removals) remove?.();
  }

  /** What would be changed, of all Services, if it were published now. */
  async preview(signal: AbortSignal): Promise<OwnedChanges> {
    await this.#read(await this.#zone(signal), signal);
    const planned = [...this.#backlog.waiting()].map((key) => this.#previewed(key));
    return {
      phases: mergedPhases(planned),
      conflicts: planned.flatMap(({ conflicts }) => conflicts),
      isShared: planned.some(({ isShared }) => isShared),
    };
  }

  #previewed(key: string): OwnedChanges {
    try {
      return this.#plan(key);
    } catch (err) {
      if (!isRefusal(err)) throw err;
      return { phases: [], conflicts: [{ name: key, reason: err.message }], isShared: false };
    }
  }

  #zone(signal: AbortSignal): Promise<DnsZone> {
    return inTime(signal, (deadline) => this.#target.provider.zone(this.#zoneName, deadline));
  }

  /** Returns how long to wait. */
  #failed(err: unknown): number {
    const isDenied = err instanceof DnsProviderError && err.code === 'Denied';
    const retryMs = isDenied ? DENIED_RETRY_MS : this.#retryMs;
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
    // Nothing is known of them yet.
    if (this.#ownership === undefined) for (const key of this.#deps.records.keys()) this.#backlog.add(key);
    const problem = err instanceof Error ? err.message : String(err);
    this.#backlog.failed(problem);
    for (const key of this.#backlog.late(LATE_AFTER_MS, MOST_TOLD)) {
      this.#tellLate(key, `records wait for DNS provider ${this.#target.name}: ${problem}`);
    }
    this.#log.warn({ retryMs, err }, 'cannot publish records');
    return retryMs;
  }

  /** Reads the zone, then follows changes until it is time to read it again. */
  async #publishFrom(zone: DnsZone, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    await this.#read(zone, signal);
    this.#until = clock.now() + (this.#target.resyncMs ?? RESYNC_MS);
    while (!signal.aborted && clock.now() < this.#until) {
      if (!this.#backlog.isEmpty) await this.#flush(zone, signal);
      this.#retryMs = FIRST_RETRY_MS;
      this.#backlog.wentOn();
      await this.#pause(signal);
      if (this.#backlog.isEmpty) await this.#wakeUp.wait(Math.max(this.#until - clock.now(), 0), signal);
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { pauseMs = 0 } = this.#target;
    if (pauseMs > 0) await this.#deps.clock.sleep(pauseMs, signal).catch(() => undefined);
  }

  async #read(zone: DnsZone, signal: AbortSignal): Promise<void> {
    const ownership = this.#ownershipOf(zone);
    const sets = await inTime(signal, (deadline) => zone.list(deadline));
    for (let from = 0; from < sets.length; from += SETS_A_TURN) {
      ownership.take(sets.slice(from, from + SETS_A_TURN));
      await nextTurn();
    }
    this.#ownership = ownership;
    for (const key of [...this.#deps.records.keys(), ...this.#published()]) this.#backlog.add(key);
  }

  #ownershipOf(zone: DnsZone): ZoneOwnership {
    const { owner } = this.#target;
    const asPublished = (set: Parameters<NonNullable<DnsZone['asPublished']>>[0]) => zone.asPublished?.(set) ?? set;
    if (owner !== undefined) return new ClaimedNames(owner, asPublished);
    const resourceOf = (name: string) => {
      const key = serviceKeyOf(this.#asked.naming, name);
      return key === undefined ? undefined : resourceOfKey(key);
    };
    return new OwnNames(resourceOf, asPublished);
  }

  async #flush(zone: DnsZone, signal: AbortSignal): Promise<void> {
    const planned = new Map<string, Planned>();
    let size = 0;
    let looked = 0;
    for (const key of this.#backlog.waiting()) {
      if (++looked % SERVICES_A_TURN === 0) await nextTurn();
      const since = this.#backlog.take(key);
      const plan = this.#plannedOrStuck(key);
      if (plan === undefined || plan.phases.length === 0) continue;
      planned.set(key, { ...plan, since });
      size += sizeOf(plan.phases);
      if (size >= BATCH) break;
    }
    await this.#publish(zone, planned, signal);
  }

  async #publish(zone: DnsZone, planned: ReadonlyMap<string, Planned>, signal: AbortSignal): Promise<void> {
    const applied = new Set<string>();
    try {
      await this.#apply(zone, mergedPhases([...planned.values()]), signal);
      for (const key of planned.keys()) {
        applied.add(key);
        this.#tellLate(key, '');
      }
    } catch (err) {
      if (!isRefusal(err)) throw err;
      // One Service's records were refused: the others must not wait for it.
      for (const [key, { phases }] of planned) {
        await this.#applyOfOne(zone, key, phases, signal);
        applied.add(key);
      }
    } finally {
      for (const [key, { since }] of planned) if (!applied.has(key)) this.#backlog.add(key, since);
    }
    if ([...planned.values()].some(({ isShared }) => isShared)) {
      this.#until = Math.min(this.#until, this.#deps.clock.now() + SHARED_LOOK_MS);
    }
  }

  async #applyOfOne(
    zone: DnsZone,
    key: string,
    phases: readonly ProviderChanges[],
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#apply(zone, phases, signal);
    } catch (err) {
      if (!isRefusal(err)) throw err;
      this.#stick(key, 'DNSUpdateFailed', err.message);
    }
  }

  async #apply(zone: DnsZone, phases: readonly ProviderChanges[], signal: AbortSignal): Promise<void> {
    for (const changes of phases) {
      if (this.#target.dryRun === true) this.#log.info({ changes }, 'records would be changed');
      else await inTime(signal, (deadline) => zone.apply(changes, deadline));
      this.#ownership?.note(changes);
    }
  }

  #plannedOrStuck(key: string): OwnedChanges | undefined {
    try {
      const plan = this.#plan(key);
      const problem = plan.conflicts.map(({ name, reason }) => `${name} cannot be published: ${reason}`).join('; ');
      this.#stick(key, 'DNSNameConflict', problem);
      return plan;
    } catch (err) {
      if (!isRefusal(err)) throw err;
      this.#stick(key, 'DNSUpdateFailed', err.message);
      return undefined;
    }
  }

  #plan(key: string): OwnedChanges {
    const { records, hold } = this.#deps;
    const ownership = this.#ownership;
    const isKept = records.service(key) === undefined && hold?.holds === true;
    if (ownership === undefined || isKept) return { phases: [], conflicts: [], isShared: false };
    return ownership.plan(resourceOfKey(key), records.desired(key, this.#asked));
  }

  #stick(key: string, reason: string, problem: string): void {
    this.#backlog.judge(key, problem);
    this.#deps.records.tell(key, reason, problem, `${this.#target.name} ${reason}`);
    if (problem !== '') this.#log.warn({ service: key, problem }, 'records of a service cannot be published');
  }

  /** An empty problem ends it. */
  #tellLate(key: string, problem: string): void {
    this.#deps.records.tell(key, 'DNSUpdateDelayed', problem, `${this.#target.name} DNSUpdateDelayed`);
  }

  #published(): readonly string[] {
    return (this.#ownership?.resources() ?? []).flatMap(keyOfResource);
  }

  #mark(key: string): void {
    this.#backlog.add(key);
    this.#wakeUp.call();
  }
}

function sizeOf(phases: readonly ProviderChanges[]): number {
  return phases.reduce((sum, { upsert, remove }) => sum + upsert.length + remove.length, 0);
}
