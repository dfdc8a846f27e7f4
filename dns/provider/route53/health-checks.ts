import { createHash } from 'node:crypto';
import type { HealthCheck, HealthCheckConfig, ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Clock, Logger } from '../../../src/component-base/index.ts';
import { checkOf, checkOfAny, type HealthProbe } from './health-probe.ts';
import type { Route53Sender } from './route53-client.ts';

export interface HealthChecksOptions {
  readonly sender: Route53Sender;
  readonly zoneId: string;
  readonly probe: HealthProbe;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Known {
  readonly id: string;
  readonly madeAt: number;
  /** Of one that is calculated. */
  readonly children: readonly string[];
}

/** One that nobody uses may have been made a moment ago, by another federation in the zone. */
const GRACE_MS = 3_600_000;

/**
 * The health checks of one zone's records. A check has its zone, what it looks at and when it was made in its caller
 * reference: it is found again after a restart, and those of others are never touched.
 */
export class HealthChecks {
  readonly #options: HealthChecksOptions;
  readonly #prefix: string;
  /** By what they look at. */
  #known: Map<string, Known> | undefined;
  #sweepAt = 0;

  constructor(options: HealthChecksOptions) {
    this.#options = options;
    this.#prefix = `koinon-${digest(options.zoneId, 12)}-`;
  }

  /** The id of the check that tells whether any of the addresses is well; made where there is none. */
  async of(addresses: readonly string[], signal: AbortSignal): Promise<string> {
    const known = (this.#known ??= await this.#load(signal));
    const { probe } = this.#options;
    const children: string[] = [];
    for (const address of addresses) {
      children.push(await this.#require(known, { what: address, config: checkOf(address, probe) }, signal));
    }
    const [only = '', ...others] = children;
    if (others.length === 0) return only;
    return this.#require(known, { what: addresses.toSorted().join(' '), config: checkOfAny(children) }, signal);
  }

  /** To be called when records went: deletes what no record of the zone needs any longer. A failure is only logged. */
  async dropUnused(
    gone: readonly ResourceRecordSet[],
    readAll: () => Promise<readonly ResourceRecordSet[]>,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, log } = this.#options;
    const now = clock.now();
    const released = new Set(gone.flatMap(({ HealthCheckId: id }) => id ?? []));
    if (released.size === 0 && now < this.#sweepAt) return;
    this.#sweepAt = now + GRACE_MS;
    try {
      const known = (this.#known = await this.#load(signal));
      const used = new Set((await readAll()).flatMap(({ HealthCheckId: id }) => id ?? []));
      const parents = [...known.values()].filter(({ id }) => used.has(id) || released.has(id));
      for (const { id, children } of parents) for (const child of children) (used.has(id) ? used : released).add(child);
      const unused = [...known].filter(([, { id }]) => !used.has(id));
      const dropped = unused.filter(([, { id, madeAt }]) => released.has(id) || madeAt + GRACE_MS <= now);
      // A calculated one before those that it is calculated from.
      dropped.sort(([, a], [, b]) => b.children.length - a.children.length);
      for (const [what, { id }] of dropped) {
        await this.#delete(id, signal);
        known.delete(what);
      }
    } catch (err) {
      log.warn({ err, zone: this.#options.zoneId }, 'health checks that nobody needs are left for later');
      this.#sweepAt = 0;
    }
  }

  async #require(
    known: Map<string, Known>,
    { what, config }: { readonly what: string; readonly config: HealthCheckConfig },
    signal: AbortSignal,
  ): Promise<string> {
    const key = digest(`${JSON.stringify(this.#options.probe)} ${what}`, 24);
    const there = known.get(key);
    if (there !== undefined) return there.id;
    const { sender, clock } = this.#options;
    const madeAt = clock.now();
    const CallerReference = `${this.#prefix}${key}-${madeAt.toString(36)}`;
    const request = new sender.sdk.CreateHealthCheckCommand({ CallerReference, HealthCheckConfig: config });
    const answer = await sender.send((client, abortSignal) => client.send(request, { abortSignal }), signal);
    const id = answer.HealthCheck?.Id ?? '';
    known.set(key, { id, madeAt, children: config.ChildHealthChecks ?? [] });
    return id;
  }

  async #delete(id: string, signal: AbortSignal): Promise<void> {
    const { sender } = this.#options;
    const request = new sender.sdk.DeleteHealthCheckCommand({ HealthCheckId: id });
    await sender.send((client, abortSignal) => client.send(request, { abortSignal }), signal);
  }

  async #load(signal: AbortSignal): Promise<Map<string, Known>> {
    const { sdk, send } = this.#options.sender;
    const known = new Map<string, Known>();
    for (let Marker: string | undefined; ;) {
      const page = new sdk.ListHealthChecksCommand(Marker === undefined ? {} : { Marker });
      const answer = await send((client, abortSignal) => client.send(page, { abortSignal }), signal);
      for (const check of answer.HealthChecks ?? []) this.#note(known, check);
      if (answer.IsTruncated !== true || answer.NextMarker === undefined) return known;
      Marker = answer.NextMarker;
    }
  }

  #note(known: Map<string, Known>, { Id: id, CallerReference = '', HealthCheckConfig: config }: HealthCheck): void {
    if (id === undefined || !CallerReference.startsWith(this.#prefix)) return;
    const [key, madeAt] = CallerReference.slice(this.#prefix.length).split('-');
    if (key === undefined || madeAt === undefined) return;
    known.set(key, { id, madeAt: parseInt(madeAt, 36), children: config?.ChildHealthChecks ?? [] });
  }
}

const digest = (text: string, length: number) => createHash('sha256').update(text).digest('hex').slice(0, length);
