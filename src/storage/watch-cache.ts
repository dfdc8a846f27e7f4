import type { Clock, Logger, Runnable } from '../component-base/index.ts';
import { DEFAULT_WATCH_BUFFER, FanOut, revisionOf, type ChangeEvent } from './fan-out.ts';
import { History, type HistoryLimits } from './history.ts';
import { KeySpace } from './key-space.ts';
import { ReadIndex } from './read-index.ts';
import { compacted, requireKnown } from './refusals.ts';
import {
  isStorageError,
  type KeyValue,
  type ListOptions,
  type ListResult,
  type Revision,
  type Storage,
  type StorageEvent,
  type WatchOptions,
} from './storage.ts';

export interface WatchCacheOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Of the events that one watcher may leave waiting. */
  readonly watchBuffer?: number;
  readonly history?: HistoryLimits;
}

const HISTORY: HistoryLimits = { events: 8_192, bytes: 8 * 1024 * 1024 };
const LOAD_PAGE = 1_000;
const FIRST_RETRY_MS = 10;
const LAST_RETRY_MS = 5_000;

/**
 * Holds the whole state of another Storage, kept by one watch of it, and serves reads and watches from memory. Reads
 * see every write that was acknowledged, by whomever, before they began. While the other's watch is broken reads go
 * through to it; what its history has and the memory no longer does is asked of it too.
 */
export function createWatchCache(inner: Storage, options: WatchCacheOptions): Storage & Runnable {
  return new WatchCache(inner, options);
}

class WatchCache implements Storage, Runnable {
  readonly name = 'watch cache';
  readonly #inner: Storage;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #limits: HistoryLimits;
  readonly #watchers: FanOut;
  readonly #index: ReadIndex;
  #keys = new KeySpace();
  #history: History;

  constructor(
    inner: Storage,
    { clock, log, watchBuffer = DEFAULT_WATCH_BUFFER, history = HISTORY }: WatchCacheOptions,
  ) {
    this.#inner = inner;
    this.#clock = clock;
    this.#log = log;
    this.#limits = history;
    // Nothing is known of any revision until the state has been loaded.
    this.#history = new History(history, Infinity);
    this.#watchers = new FanOut({ clock, limit: watchBuffer });
    this.#index = new ReadIndex(() => inner.currentRevision());
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    let loaded = false;
    let retryMs = FIRST_RETRY_MS;
    let live = false;
    const onLive = () => {
      retryMs = FIRST_RETRY_MS;
      if (!live) ready();
      live = true;
    };
    const ended = () => signal.aborted;
    while (!ended()) {
      try {
        if (!loaded) await this.#load();
        loaded = true;
        await this.#follow(signal, onLive);
      } catch (err) {
        if (isStorageError(err, 'Compacted')) loaded = false;
        this.#log.warn({ err, retryMs }, 'the watch of the storage broke');
      }
      this.#index.stop();
      if (ended()) return;
      await this.#pause(retryMs, signal);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    }
  }

  async currentRevision(): Promise<Revision> {
    return this.#inner.currentRevision();
  }

  async get(key: string): Promise<KeyValue | undefined> {
    return (await this.#index.fresh()) ? this.#keys.get(key) : this.#inner.get(key);
  }

  async list(prefix: string, options: ListOptions = {}): Promise<ListResult> {
    if (!(await this.#index.fresh())) return this.#inner.list(prefix, options);
    const current = this.#watchers.revision;
    const { revision = current } = options;
    if (revision < this.#history.floor) return this.#inner.list(prefix, options);
    requireKnown(prefix, revision, this.#history.floor, current);
    const before = revision === current ? undefined : this.#history.rewind(revision, prefix);
    return { ...this.#keys.list(prefix, options, before), revision };
  }

  async create(key: string, value: Uint8Array, options?: { readonly ttlSeconds?: number }): Promise<KeyValue> {
    return this.#written(await this.#inner.create(key, value, options));
  }

  async update(key: string, value: Uint8Array, expected: Revision): Promise<KeyValue> {
    return this.#written(await this.#inner.update(key, value, expected));
  }

  async delete(key: string, expected: Revision): Promise<Revision> {
    const revision = await this.#inner.delete(key, expected);
    await this.#index.reached(revision);
    return revision;
  }

  async compact(revision: Revision): Promise<void> {
    await this.#inner.compact(revision);
    await this.#index.reached(revision);
    this.#history.compact(Math.min(revision, this.#watchers.revision));
  }

  watch(prefix: string, after: Revision, options: WatchOptions): AsyncIterable<StorageEvent> {
    const open = () => {
      const { floor } = this.#history;
      if (after < floor) return this.#inner.watch(prefix, after, options)[Symbol.asyncIterator]();
      const history = options.signal.aborted ? [] : this.#history.after(after, prefix);
      return this.#watchers.subscribe(prefix, after, history, options);
    };
    return { [Symbol.asyncIterator]: open };
  }

  /** The instance that reads give out, once they do. */
  async #written(kv: KeyValue): Promise<KeyValue> {
    await this.#index.reached(kv.modRevision);
    const known = this.#keys.get(kv.key);
    return known?.modRevision === kv.modRevision ? known : kv;
  }

  /** Takes in the whole state anew. What happened between the last event seen and this state is nobody's to tell. */
  async #load(): Promise<void> {
    const keys = new KeySpace();
    let next: ListOptions = { limit: LOAD_PAGE };
    for (;;) {
      const { items, remaining, revision } = await this.#inner.list('', next);
      for (const item of items) {
        const known = this.#keys.get(item.key);
        keys.set(known?.modRevision === item.modRevision ? known : item);
      }
      const after = items.at(-1)?.key;
      if (remaining > 0 && after !== undefined) {
        next = { limit: LOAD_PAGE, revision, after };
        continue;
      }
      this.#keys = keys;
      this.#history = new History(this.#limits, revision);
      this.#watchers.advance(revision);
      this.#watchers.failAll(compacted('', this.#index.applied, revision));
      this.#index.apply(revision);
      return;
    }
  }

  async #follow(signal: AbortSignal, onLive: () => void): Promise<void> {
    const revision = this.#watchers.revision;
    for await (const event of this.#inner.watch('', revision, { signal, progress: true })) {
      if (event.type === 'progress') {
        this.#watchers.advance(Math.max(event.revision, this.#watchers.revision));
        this.#index.start();
        onLive();
      } else this.#take(event);
      this.#index.apply(this.#watchers.revision);
    }
  }

  #take(event: ChangeEvent): void {
    // Keys that went with one lease went at one revision.
    if (revisionOf(event) < this.#watchers.revision) return;
    this.#keys.apply(event);
    this.#history.add(event);
    this.#watchers.publish(event);
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const jittered = ms * (0.5 + this.#clock.random() / 2);
    try {
      await this.#clock.sleep(jittered, signal);
    } catch (err) {
      if (!signal.aborted) throw err;
    }
  }
}
