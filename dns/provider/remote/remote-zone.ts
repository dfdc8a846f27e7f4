import { untilAborted, type Clock } from '../../../src/component-base/index.ts';
import type { RecordSet } from '../../zone/index.ts';
import { DnsProviderError, type DnsZone, type ProviderChanges } from '../dns-provider.ts';
import { ChangedMeanwhile, type Held, type Step } from './held.ts';
import { isZonesOwn, StepPlan } from './plan-steps.ts';
import { withinDeadline, type DeadlineOptions } from './within-deadline.ts';

export interface ReadAbout {
  /** Of the sets that are about to change. Who cannot read all of a name reads at least these, and CNAME. */
  readonly types: readonly string[];
}

/** A zone as its provider's API shows it. Every call rejects with `DnsProviderError`. */
export interface RemoteZoneApi<Raw> {
  readonly name: string;
  /** All that is held at these names, or in the whole zone; more than was asked for is fine. */
  read(names: readonly string[] | undefined, signal: AbortSignal, about?: ReadAbout): Promise<readonly Held<Raw>[]>;
  /** Rejects with `ChangedMeanwhile` where what is held is not what a step says. */
  write(steps: readonly Step<Raw>[], signal: AbortSignal): Promise<void>;
  /** See `DnsZone`. */
  asPublished(set: RecordSet): RecordSet;
}

interface Change {
  readonly changes: ProviderChanges;
  readonly done: PromiseWithResolvers<undefined>;
}

/** What could not be made, and why. */
type Refused = ReadonlyMap<Change, unknown>;

/** How long one batch may take with all that it is tried again. */
const DEADLINE_MS = 120_000;
const MAX_WAITING = 10_000;
const MAX_ATTEMPTS = 5;
const FIRST_DELAY_MS = 100;

/**
 * Changes that come while others are on their way go together with the next request, and each still succeeds or fails
 * on its own. Every change is made against what the provider has at that moment, so that nobody else's is undone.
 */
export class RemoteZone<Raw> implements DnsZone {
  readonly #api: RemoteZoneApi<Raw>;
  readonly #clock: Clock;
  readonly #deadline: DeadlineOptions;
  #waiting: Change[] = [];
  #isWriting = false;

  constructor(api: RemoteZoneApi<Raw>, clock: Clock, { deadlineMs = DEADLINE_MS } = {}) {
    this.#api = api;
    this.#clock = clock;
    this.#deadline = { ms: deadlineMs, what: `zone ${api.name}` };
  }

  get name(): string {
    return this.#api.name;
  }

  asPublished(set: RecordSet): RecordSet {
    return this.#api.asPublished(set);
  }

  async list(signal?: AbortSignal): Promise<readonly RecordSet[]> {
    const held = await withinDeadline(this.#deadline, (deadline) => this.#api.read(undefined, deadline), signal);
    return held.flatMap(({ name, type, is }) =>
      typeof is === 'string' || isZonesOwn(this.name, name, type) ? [] : is,
    );
  }

  async apply(changes: ProviderChanges, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#waiting.length >= MAX_WAITING) {
      throw new DnsProviderError('Unavailable', `zone ${this.name} has ${MAX_WAITING} changes waiting already`);
    }
    const change: Change = { changes, done: Promise.withResolvers() };
    this.#waiting.push(change);
    if (!this.#isWriting) void this.#writeAll();
    if (signal === undefined) return change.done.promise;
    try {
      await untilAborted(change.done.promise, signal);
    } finally {
      // One that is on its way already is finished, for nobody can tell how far it got.
      this.#waiting = this.#waiting.filter((other) => other !== change);
    }
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    try {
      // A turn of the event loop lets everything that is applied right now share the request.
      await Promise.resolve();
      while (this.#waiting.length > 0) {
        const batch = this.#waiting;
        this.#waiting = [];
        await this.#write(batch);
      }
    } finally {
      this.#isWriting = false;
    }
  }

  async #write(batch: readonly Change[]): Promise<void> {
    try {
      const refused = await withinDeadline(this.#deadline, (deadline) => this.#attempts(batch, deadline));
      for (const { done } of batch.filter((change) => !refused.has(change))) done.resolve(undefined);
      for (const [{ done }, err] of refused) done.reject(err);
    } catch (err) {
      // What the provider does not like of one must not keep the others.
      if (batch.length > 1 && err instanceof DnsProviderError && err.code === 'Invalid') {
        for (const change of batch) await this.#write([change]);
        return;
      }
      for (const { done } of batch) done.reject(err);
    }
  }

  async #attempts(batch: readonly Change[], signal: AbortSignal): Promise<Refused> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(batch, signal);
      } catch (err) {
        if (!(err instanceof ChangedMeanwhile)) throw err;
        if (attempt === MAX_ATTEMPTS) {
          const what = `zone ${this.name} was changed by others at every one of ${MAX_ATTEMPTS} attempts: ${err.message}`;
          throw new DnsProviderError('Unavailable', what, { cause: err });
        }
        await this.#clock.sleep(FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.5 + this.#clock.random()), signal);
      }
    }
  }

  /** Nobody is told before it is over: at the next attempt there may be something else. */
  async #attempt(batch: readonly Change[], signal: AbortSignal): Promise<Refused> {
    const keys = batch.flatMap(({ changes: { upsert, remove } }) => [...remove, ...upsert]);
    const about = { types: [...new Set(keys.map(({ type }) => type))] };
    const held = await this.#api.read([...new Set(keys.map(({ name }) => name))], signal, about);
    const plan = new StepPlan(this.name, held, (set) => this.asPublished(set));
    const refused = new Map<Change, unknown>();
    for (const change of batch) {
      try {
        plan.add(change.changes);
      } catch (err) {
        refused.set(change, err);
      }
    }
    const steps = plan.steps();
    if (steps.length > 0) await this.#api.write(steps, signal);
    return refused;
  }
}
