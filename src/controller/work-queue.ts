import type { Clock, Registry } from '../component-base/index.ts';
import type { Key } from './contract.ts';
import { createQueueMetrics, type QueueMetrics } from './queue-metrics.ts';
import { RankedKeys } from './ranked-keys.ts';
import { Restraint } from './restraint.ts';
import { TurnShare } from './turn-share.ts';

export interface WorkQueueOptions {
  /** The label of its metrics. */
  readonly name?: string;
  /** The first wait of a key that failed; it doubles with each failure in a row. */
  readonly baseDelayMs?: number;
  readonly maxDelayMs?: number;
  /**
   * Keys of a lower rank (0, 1, 2, …) go first, and now and then one of the last; of one rank in order. A key that is
   * added again while it waits moves up when its rank has become lower. All have rank 0 when absent.
   */
  readonly rank?: (key: Key) => number;
  /** Keys of other ranks than 0 come one by one, with pauses, for a while after one of rank 0: it is still on its way. */
  readonly restrained?: boolean;
  readonly metrics?: Registry;
}

export interface IdleOptions {
  /** Keys that wait to be tried again after a failure count as work. Those of `addAfter` never do. */
  readonly includeBackOff?: boolean;
}

interface Delayed {
  readonly at: number;
  readonly backOff: boolean;
  readonly cancel: () => void;
}

/** Node's timers fire at once when asked to wait longer; a key that comes 24 days early does no harm. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Keys waiting for a reconciler, with the guarantees of client-go's `workqueue`: a key is there at most once however
 * often it is added; it is never handed to two workers at once; added while it is worked on, it comes again afterwards.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #baseDelayMs: number;
  readonly #maxDelayMs: number;
  readonly #rank: ((key: Key) => number) | undefined;
  readonly #metrics: QueueMetrics | undefined;
  readonly #queued = new RankedKeys();
  readonly #turn: TurnShare;
  readonly #restraint: Restraint | undefined;
  #cancelPause: (() => void) | undefined;
  /** Needs work: queued, or added again while processed. */
  readonly #dirty = new Set<Key>();
  readonly #processing = new Set<Key>();
  readonly #delayed = new Map<Key, Delayed>();
  readonly #failures = new Map<Key, number>();
  readonly #sleepers = new Set<() => void>();
  readonly #idleWaiters = new Set<() => void>();
  #workers = 0;
  #shut = false;

  constructor(clock: Clock, options: WorkQueueOptions = {}) {
    const { name = '', baseDelayMs = 5, maxDelayMs = 60_000, rank, restrained = false, metrics } = options;
    this.#clock = clock;
    this.#restraint = restrained ? new Restraint(clock) : undefined;
    this.#turn = new TurnShare(clock);
    this.#rank = rank;
    this.#baseDelayMs = baseDelayMs;
    this.#maxDelayMs = maxDelayMs;
    this.#metrics = metrics === undefined ? undefined : createQueueMetrics(metrics, name, clock);
  }

  /** How many keys can be taken now. */
  get length(): number {
    return this.#queued.length;
  }

  add(key: Key): void {
    if (this.#dirty.has(key)) {
      if (this.#rank !== undefined && !this.#processing.has(key)) this.#queued.push(key, this.#rank(key));
      return;
    }
    this.#dirty.add(key);
    this.#metrics?.added(key);
    if (!this.#processing.has(key)) this.#push(key);
  }

  /** Adds the key after `delayMs`. Of several pending calls for a key the earliest counts. */
  addAfter(key: Key, delayMs: number): void {
    this.#addLater(key, delayMs, false);
  }

  /** Adds the key after a delay that doubles each time, until `forget`. */
  addRateLimited(key: Key): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.#metrics?.retried();
    this.#addLater(key, Math.min(this.#baseDelayMs * 2 ** failures, this.#maxDelayMs), true);
  }

  /** The key's failures are over: the next `addRateLimited` begins with the base delay. Removes nothing from the queue. */
  forget(key: Key): void {
    this.#failures.delete(key);
  }

  failures(key: Key): number {
    return this.#failures.get(key) ?? 0;
  }

  /**
   * Keys as they come, each to be given back with `done`. Any number of workers may iterate at the same time.
   * Ends quietly when `signal` aborts. When that ended the last worker the queue is shut: it drops what waits for its
   * time, and no timer of it is left.
   */
  async *take(signal: AbortSignal): AsyncGenerator<Key, void, undefined> {
    this.#workers += 1;
    this.#shut = false;
    try {
      while (!signal.aborted) {
        const spent = this.#turn.spent();
        const key = spent === undefined ? this.#shift() : undefined;
        if (key === undefined) await (spent ?? this.#arrival(signal));
        else yield key;
      }
    } finally {
      this.#workers -= 1;
      if (signal.aborted && this.#workers === 0) this.#shutDown();
    }
  }

  /** The work on a key that `take` gave out has ended, well or not. */
  done(key: Key): void {
    if (!this.#processing.delete(key)) return;
    this.#metrics?.done(key);
    if (this.#dirty.has(key)) this.#push(key);
    this.#noteIdle();
  }

  /** Drops what waits, for its turn or for its time, with its failures. What is being worked on does not come again. */
  clear(): void {
    this.#queued.clear();
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#dirty.clear();
    this.#failures.clear();
    this.#metrics?.depth(0);
    this.#noteIdle();
  }

  /** Nothing is queued and nothing is worked on. */
  idle({ includeBackOff = false }: IdleOptions = {}): boolean {
    if (this.length > 0 || this.#processing.size > 0) return false;
    return !includeBackOff || !this.#delayed.values().some((delayed) => delayed.backOff);
  }

  /** Resolves when the queue is idle; at once if it is. */
  async settled(options?: IdleOptions): Promise<void> {
    while (!this.idle(options)) {
      await new Promise<void>((resolve) => {
        this.#idleWaiters.add(resolve);
      });
    }
  }

  #push(key: Key): void {
    this.#queued.push(key, this.#rank?.(key) ?? 0);
    this.#metrics?.depth(this.length);
    this.#wake();
  }

  #shift(): Key | undefined {
    const pauseMs = this.#restraint?.waitMs() ?? 0;
    const next = pauseMs > 0 ? this.#queued.shiftFirst() : this.#queued.shift();
    if (next === undefined) {
      if (pauseMs > 0 && this.length > 0) this.#wakeAfter(pauseMs);
      return undefined;
    }
    const { key, rank } = next;
    this.#restraint?.begun({ isUrgent: rank === 0 });
    this.#dirty.delete(key);
    this.#processing.add(key);
    this.#metrics?.taken(key, this.length);
    // Of those that slept while keys had to wait only one has been woken.
    if (this.#restraint !== undefined && this.length > 0) this.#wake();
    return key;
  }

  #wakeAfter(pauseMs: number): void {
    this.#cancelPause ??= this.#clock.after(pauseMs, () => {
      this.#cancelPause = undefined;
      this.#wake();
    });
  }

  #addLater(key: Key, delayMs: number, backOff: boolean): void {
    if (this.#shut) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const at = this.#clock.now() + delayMs;
    const pending = this.#delayed.get(key);
    if (pending !== undefined && pending.at <= at) return;
    pending?.cancel();
    const cancel = this.#clock.after(Math.min(delayMs, LONGEST_TIMER_MS), () => {
      this.#delayed.delete(key);
      this.add(key);
      this.#noteIdle();
    });
    this.#delayed.set(key, { at, backOff, cancel });
  }

  #shutDown(): void {
    this.#shut = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    this.#noteIdle();
  }

  /** Resolves when there may be a key, or when `signal` aborts. */
  async #arrival(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const wake = () => {
      resolve(undefined);
    };
    this.#sleepers.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    await promise;
    signal.removeEventListener('abort', wake);
    // One who is woken for a key and must leave hands the wake-up on.
    if (!this.#sleepers.delete(wake) && signal.aborted) this.#wake();
  }

  #wake(): void {
    for (const wake of this.#sleepers) {
      this.#sleepers.delete(wake);
      wake();
      return;
    }
  }

  #noteIdle(): void {
    if (this.#idleWaiters.size === 0 || !this.idle()) return;
    const waiters = [...this.#idleWaiters];
    this.#idleWaiters.clear();
    for (const resolve of waiters) resolve();
  }
}
