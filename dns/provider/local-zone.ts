import { changeZone, publishedSets, ZoneError, type RecordChanges, type Zone } from '../zone/index.ts';
import { DnsProviderError, type DnsZone } from './dns-provider.ts';
import type { ZoneFile } from './zone-file.ts';

interface Change {
  readonly changes: RecordChanges;
  readonly done: PromiseWithResolvers<undefined>;
}

/**
 * One zone kept here: what is served is what is durable. Changes that come while one is being written are written
 * together by the next write.
 */
export class LocalZone implements DnsZone {
  readonly name: string;
  readonly #file: ZoneFile;
  readonly #changed: () => void;
  readonly #loaded = Promise.withResolvers<undefined>();
  #zone: Zone | undefined;
  #waiting: Change[] = [];
  #writing: Promise<void> | undefined;

  constructor(name: string, file: ZoneFile, changed: () => void) {
    this.name = name;
    this.#file = file;
    this.#changed = changed;
  }

  /** The state to serve; undefined before `load`. */
  get current(): Zone | undefined {
    return this.#zone;
  }

  async load(): Promise<void> {
    this.#publish(await this.#file.load());
    this.#loaded.resolve(undefined);
  }

  /** Resolves when nothing is waiting to be written. */
  async idle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async list(signal?: AbortSignal): Promise<ReturnType<typeof publishedSets>> {
    signal?.throwIfAborted();
    await this.#loaded.promise;
    return this.#zone === undefined ? [] : publishedSets(this.#zone);
  }

  async apply(changes: RecordChanges, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await this.#loaded.promise;
    const change: Change = { changes, done: Promise.withResolvers() };
    this.#waiting.push(change);
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    await change.done.promise;
  }

  async #writeAll(): Promise<void> {
    // A turn of the event loop lets everything that is applied right now share the write.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#write(batch);
    }
  }

  async #write(batch: readonly Change[]): Promise<void> {
    const before = this.#zone;
    if (before === undefined) throw new TypeError(`zone ${this.name} is not loaded`);
    let next = before;
    const accepted: Change[] = [];
    for (const change of batch) {
      try {
        next = changeZone(next, change.changes);
        accepted.push(change);
      } catch (err) {
        change.done.reject(providerError(err));
      }
    }
    try {
      if (next !== before) await this.#file.save(next);
    } catch (err) {
      const failure = new DnsProviderError('Unavailable', `zone ${this.name} could not be written`, { cause: err });
      for (const { done } of accepted) done.reject(failure);
      return;
    }
    if (next !== before) this.#publish(next);
    for (const { done } of accepted) done.resolve(undefined);
  }

  #publish(zone: Zone): void {
    this.#zone = zone;
    this.#changed();
  }
}

function providerError(err: unknown): unknown {
  return err instanceof ZoneError ? new DnsProviderError(err.code, err.message, { cause: err }) : err;
}
