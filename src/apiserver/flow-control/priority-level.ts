import { tooManyRequests } from '../../apimachinery/index.ts';
import type { Clock } from '../../component-base/index.ts';
import { handOf } from './shuffle-shard.ts';

export interface LevelSettings {
  /** How many requests of the level may be answered at a time when every level has work. */
  readonly seats: number;
  /** Of these, how many others may use while they are free. */
  readonly lendable: number;
  /** How many of others' it may use; no bound when absent. */
  readonly borrowable?: number;
  /** 0: what finds no seat is refused at once. */
  readonly queues: number;
  readonly handSize: number;
  readonly queueLengthLimit: number;
}

interface Waiting {
  readonly flow: string;
  readonly start: number;
  readonly admit: () => void;
  readonly refuse: (err: unknown) => void;
}

interface Queue {
  readonly waiting: Waiting[];
  /** Where in virtual time its last request ends. */
  finish: number;
}

const RETRY_AFTER_SECONDS = 1;

export type RefusalReason = 'queue-full' | 'concurrency-limit' | 'time-out';

export interface LevelDeps {
  readonly clock: Clock;
  /** A seat of another level is free to be used beyond the own ones. */
  readonly mayBorrow: () => boolean;
  readonly refused: (reason: RefusalReason) => void;
}

/**
 * The requests of one priority level: those that have a seat and those that wait for one. Waiting requests take turns by
 * flow (start-time fair queuing: every queue has a place in virtual time, and the one furthest behind goes first), so
 * that a client with many requests waits for itself and not others for it.
 */
export class PriorityLevel {
  readonly #deps: LevelDeps;
  #settings: LevelSettings;
  #queues: Queue[];
  #inUse = 0;
  #now = 0;

  constructor(settings: LevelSettings, deps: LevelDeps) {
    this.#deps = deps;
    this.#settings = settings;
    this.#queues = emptyQueues(settings.queues);
  }

  get settings(): LevelSettings {
    return this.#settings;
  }

  get inUse(): number {
    return this.#inUse;
  }

  get waiting(): number {
    return this.#queues.reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  /** Seats that others may use now. */
  get spare(): number {
    const { seats, lendable } = this.#settings;
    return Math.max(0, Math.min(lendable, seats - this.#inUse));
  }

  /** Seats of others that it uses. */
  get borrowed(): number {
    return Math.max(0, this.#inUse - this.#settings.seats);
  }

  configure(settings: LevelSettings): void {
    const isDealtAnew = settings.queues !== this.#settings.queues || settings.handSize !== this.#settings.handSize;
    this.#settings = settings;
    if (isDealtAnew) {
      const waiting = this.#queues.flatMap((queue) => queue.waiting).toSorted((a, b) => a.start - b.start);
      this.#queues = emptyQueues(settings.queues);
      for (const request of waiting) this.#enqueue(request);
    }
    this.dispatch();
  }

  /** Resolves to what gives the seat back. Throws 429 when there is no room to wait, or none was free within `waitMs`. */
  async enter(flow: string, waitMs: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.waiting === 0 && this.#hasSeat()) return this.#take();
    if (this.#settings.queues === 0) throw this.#refusal('concurrency-limit');
    await this.#wait(flow, waitMs, signal);
    return this.#release();
  }

  /** Gives free seats to those who wait. */
  dispatch(): void {
    while (this.#hasSeat()) {
      const queue = this.#next();
      const request = queue?.waiting.shift();
      if (request === undefined) return;
      this.#now = Math.max(this.#now, request.start);
      this.#inUse += 1;
      request.admit();
    }
  }

  async #wait(flow: string, waitMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const request: Waiting = {
      flow,
      start: 0,
      admit: () => {
        resolve(undefined);
      },
      refuse: reject,
    };
    const queued = this.#enqueue(request);
    const leave = (err: unknown) => {
      if (this.#forget(queued)) reject(err);
    };
    const cancel = this.#deps.clock.after(waitMs, () => {
      leave(this.#refusal('time-out'));
    });
    const abort = () => {
      leave(signal.reason);
    };
    signal.addEventListener('abort', abort);
    try {
      await promise;
    } finally {
      cancel();
      signal.removeEventListener('abort', abort);
    }
  }

  /** Into the shortest queue of the flow's hand. */
  #enqueue(request: Waiting): Waiting {
    const { queues, handSize, queueLengthLimit } = this.#settings;
    const hand = handOf(request.flow, queues, handSize).flatMap((index) => this.#queues[index] ?? []);
    const queue = hand.toSorted((a, b) => a.waiting.length - b.waiting.length)[0];
    if (queue === undefined || queue.waiting.length >= queueLengthLimit) {
      const refusal = this.#refusal('queue-full');
      request.refuse(refusal);
      return request;
    }
    const start = Math.max(this.#now, queue.finish);
    queue.finish = start + 1;
    const queued = { ...request, start };
    queue.waiting.push(queued);
    return queued;
  }

  #forget(request: Waiting): boolean {
    for (const { waiting } of this.#queues) {
      const index = waiting.indexOf(request);
      if (index >= 0) {
        waiting.splice(index, 1);
        return true;
      }
    }
    return false;
  }

  #next(): Queue | undefined {
    let found: Queue | undefined;
    for (const queue of this.#queues) {
      const [first] = queue.waiting;
      if (first !== undefined && first.start < (found?.waiting[0]?.start ?? Infinity)) found = queue;
    }
    return found;
  }

  #hasSeat(): boolean {
    const { seats, borrowable = Infinity } = this.#settings;
    if (this.#inUse < seats) return true;
    return this.borrowed < borrowable && this.#deps.mayBorrow();
  }

  #take(): () => void {
    this.#inUse += 1;
    return this.#release();
  }

  #release(): () => void {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#inUse -= 1;
      this.dispatch();
    };
  }

  #refusal(reason: RefusalReason) {
    this.#deps.refused(reason);
    return tooManyRequests('too many requests, please try again later', RETRY_AFTER_SECONDS);
  }
}

function emptyQueues(count: number): Queue[] {
  return Array.from({ length: count }, () => ({ waiting: [], finish: 0 }));
}
