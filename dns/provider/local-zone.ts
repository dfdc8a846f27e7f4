import { setImmediate as nextTurn } from 'node:timers/promises';
import { untilAborted } from '../../src/component-base/index.ts';
import {
  isPublished,
  ZoneError,
  type RecordChanges,
  type RecordSet,
  type Zone,
  type ZoneChange,
  type ZoneView,
} from '../zone/index.ts';
import { DnsProviderError, type DnsZone, type ProviderChanges } from './dns-provider.ts';
import { requireUnchanged } from './require-unchanged.ts';
import type { StoredZone, ZoneStore } from './zone-store/zone-store.ts';

/** Decides about a change of the zone as it is; throws to refuse. */
export type DecideChange = (current: ZoneView) => RecordChanges;

interface Change {
  readonly decide: DecideChange;
  readonly done: PromiseWithResolvers<undefined>;
}

const MAX_WAITING = 10_000;

/**
 * One zone kept here: what is served is what is durable. Changes that come while one is being written are written
 * together by the next write.
 */
export class LocalZone implements DnsZone {
  readonly name: string;
  readonly #store: ZoneStore;
  readonly #changed: (changes: readonly ZoneChange[]) => void;
  readonly #loaded = Promise.withResolvers<undefined>();
  #zone: Zone | undefined;
  #waiting: Change[] = [];
  #writing: Promise<void> | undefined;

  /** `changed` is called whenever what is served is another. */
  constructor(name: string, store: ZoneStore, changed: (changes: readonly ZoneChange[]) => void) {
    this.name = name;
    this.#store = store;
    this.#changed = changed;
  }

  /** The state to serve; undefined before `load`. */
  get current(): Zone | undefined {
    return this.#zone;
  }

  async load(): Promise<StoredZone> {
    const stored = await this.#store.load();
    const { zone } = stored;
    this.#zone = zone;
    this.#changed([{ zone: zone.name, serial: zone.serial, names: 'all' }]);
    this.#loaded.resolve(undefined);
    return stored;
  }

  /** Resolves when nothing is waiting to be written any more; what comes later is refused. */
  async close(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    await this.#store[Symbol.asyncDispose]();
  }

  async list(signal?: AbortSignal): Promise<readonly RecordSet[]> {
    await this.#untilLoaded(signal);
    return this.#zone === undefined ? [] : publishedOverTurns(this.#zone, signal);
  }

  async apply(changes: ProviderChanges, signal?: AbortSignal): Promise<void> {
    await this.change((current) => {
      requireUnchanged(current, changes);
      return changes;
    }, signal);
  }

  async change(decide: DecideChange, signal?: AbortSignal): Promise<void> {
    await this.#untilLoaded(signal);
    if (this.#waiting.length >= MAX_WAITING) {
      throw new DnsProviderError('Unavailable', `too many changes of zone ${this.name} wait to be written`);
    }
    const change: Change = { decide, done: Promise.withResolvers() };
    this.#waiting.push(change);
    this.#writing ??= this.#writeAll();
    await change.done.promise;
  }

  async #untilLoaded(signal: AbortSignal | undefined): Promise<void> {
    await (signal === undefined ? this.#loaded.promise : untilAborted(this.#loaded.promise, signal));
  }

  async #writeAll(): Promise<void> {
    // A turn of the event loop lets everything that is applied right now share the write.
    await Promise.resolve();
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting;
        this.#waiting = [];
        await this.#write(batch);
      }
    } finally {
      // Not a moment later: what comes then would wait for somebody who looks no more.
      this.#writing = undefined;
    }
  }

  async #write(batch: readonly Change[]): Promise<void> {
    const zone = this.#zone;
    if (zone === undefined) throw new TypeError(`zone ${this.name} is not loaded`);
    const draft = zone.draft();
    const accepted: Change[] = [];
    for (const change of batch) {
      try {
        draft.change(change.decide(draft));
        accepted.push(change);
      } catch (err) {
        change.done.reject(providerError(err));
      }
    }
    try {
      if (draft.deltas.length > 0) await this.#store.save(zone, draft.deltas);
    } catch (err) {
      const failure = new DnsProviderError('Unavailable', `zone ${this.name} could not be written`, { cause: err });
      for (const { done } of accepted) done.reject(failure);
      return;
    }
    this.#changed(zone.take(draft));
    for (const { done } of accepted) done.resolve(undefined);
  }
}

/** Sets that are looked at before others have their turn. */
const SETS_A_TURN = 2000;

async function publishedOverTurns(zone: Zone, signal: AbortSignal | undefined): Promise<readonly RecordSet[]> {
  using snapshot = zone.snapshot();
  const published: RecordSet[] = [];
  let looked = 0;
  for (const set of snapshot.sets()) {
    if (isPublished(zone, set)) published.push(set);
    if (++looked % SETS_A_TURN !== 0) continue;
    await nextTurn();
    signal?.throwIfAborted();
  }
  return published;
}

function providerError(err: unknown): unknown {
  return err instanceof ZoneError ? new DnsProviderError(err.code, err.message, { cause: err }) : err;
}
