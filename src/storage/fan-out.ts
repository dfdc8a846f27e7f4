import type { Clock } from '../component-base/index.ts';
import { EventBuffer } from './event-buffer.ts';
import type { Revision, StorageError, StorageEvent, WatchOptions } from './storage.ts';

export const DEFAULT_WATCH_BUFFER = 10_000;
const PROGRESS_INTERVAL_MS = 5_000;

interface Watcher {
  readonly buffer: EventBuffer;
  readonly after: Revision;
  readonly progress: boolean;
  /** The last revision that it was given or told of. */
  told: Revision;
}

export interface FanOutOptions {
  readonly clock: Clock;
  /** Of events that one watcher may leave waiting. */
  readonly limit: number;
  /** Called when the first watcher comes and when the last one has gone. */
  readonly onWatched?: (watched: boolean) => void;
}

export type ChangeEvent = Exclude<StorageEvent, { readonly type: 'progress' }>;

export const revisionOf = (event: ChangeEvent): Revision =>
  event.type === 'put' ? event.kv.modRevision : event.revision;

export const keyOf = (event: ChangeEvent): string => (event.type === 'put' ? event.kv.key : event.key);

/**
 * Hands each change to the watchers whose prefix its key has. Watchers are found by the few distinct lengths that
 * prefixes have, so those of other prefixes cost nothing.
 */
export class FanOut {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #byPrefix = new Map<string, Set<Watcher>>();
  readonly #lengths = new Map<number, number>();
  readonly #onWatched: ((watched: boolean) => void) | undefined;
  #wantProgress = 0;
  #cancelProgress: (() => void) | undefined;
  #revision: Revision = 0;

  constructor({ clock, limit, onWatched }: FanOutOptions) {
    this.#clock = clock;
    this.#limit = limit;
    this.#onWatched = onWatched;
  }

  /** All changes up to here have been published. */
  get revision(): Revision {
    return this.#revision;
  }

  /** Nothing up to `revision` is still to be published. */
  advance(revision: Revision): void {
    this.#revision = revision;
  }

  publish(event: ChangeEvent): void {
    const revision = revisionOf(event);
    const key = keyOf(event);
    this.#revision = revision;
    for (const length of this.#lengths.keys()) {
      if (length > key.length) continue;
      const watchers = this.#byPrefix.get(key.slice(0, length));
      if (watchers === undefined) continue;
      for (const watcher of watchers) {
        if (revision <= watcher.after) continue;
        watcher.told = revision;
        watcher.buffer.push(event);
      }
    }
  }

  /** Changes under `prefix` after `after`, beginning with `history`, which must reach up to `revision`. */
  subscribe(prefix: string, after: Revision, history: readonly ChangeEvent[], options: WatchOptions): EventBuffer {
    const { signal, progress = false } = options;
    const told = Math.max(after, this.#revision);
    const initial: StorageEvent[] = progress ? [...history, { type: 'progress', revision: told }] : [...history];
    const onAbort = () => {
      buffer.end();
    };
    const buffer = new EventBuffer(prefix, initial, this.#limit, () => {
      signal.removeEventListener('abort', onAbort);
      this.#remove(prefix, watcher);
    });
    const watcher: Watcher = { buffer, after, progress, told };
    this.#add(prefix, watcher);
    if (signal.aborted) buffer.end();
    else signal.addEventListener('abort', onAbort, { once: true });
    return buffer;
  }

  failAll(error: StorageError): void {
    for (const watchers of this.#byPrefix.values()) {
      for (const watcher of watchers) watcher.buffer.fail(error);
    }
  }

  #add(prefix: string, watcher: Watcher): void {
    const watchers = this.#byPrefix.get(prefix);
    if (watchers === undefined) {
      this.#byPrefix.set(prefix, new Set([watcher]));
      this.#lengths.set(prefix.length, (this.#lengths.get(prefix.length) ?? 0) + 1);
      if (this.#byPrefix.size === 1) this.#onWatched?.(true);
    } else watchers.add(watcher);
    if (!watcher.progress) return;
    this.#wantProgress++;
    if (this.#wantProgress === 1) this.#scheduleProgress();
  }

  #remove(prefix: string, watcher: Watcher): void {
    const watchers = this.#byPrefix.get(prefix);
    if (watchers?.delete(watcher) !== true) return;
    if (watchers.size === 0) {
      this.#byPrefix.delete(prefix);
      const left = (this.#lengths.get(prefix.length) ?? 1) - 1;
      if (left === 0) this.#lengths.delete(prefix.length);
      else this.#lengths.set(prefix.length, left);
      if (this.#byPrefix.size === 0) this.#onWatched?.(false);
    }
    if (watcher.progress) this.#wantProgress--;
    if (this.#wantProgress > 0) return;
    this.#cancelProgress?.();
    this.#cancelProgress = undefined;
  }

  #scheduleProgress(): void {
    this.#cancelProgress = this.#clock.after(PROGRESS_INTERVAL_MS, () => {
      this.#scheduleProgress();
      this.#tellProgress();
    });
  }

  /** Whoever has events waiting will learn the revision from them. */
  #tellProgress(): void {
    for (const watchers of this.#byPrefix.values()) {
      for (const watcher of watchers) {
        if (!watcher.progress || !watcher.buffer.empty || watcher.told > this.#revision) continue;
        watcher.told = this.#revision;
        watcher.buffer.push({ type: 'progress', revision: this.#revision });
      }
    }
  }
}
