import { LRUCache } from 'lru-cache';
import {
  formatTime,
  isNamespaceTerminating,
  isNotFound,
  isStatusError,
  type KubeObject,
} from '../apimachinery/index.ts';
import type { Event, ObjectReference } from '../apis/index.ts';
import { events } from './resources.ts';
import type { Client } from '../client/index.ts';
import { withDeadline, type Clock, type Logger, type Runnable } from '../component-base/index.ts';
import { BackOff } from './back-off.ts';

/** Writes Events about objects, beside the caller's work: `event` neither waits nor throws. */
export interface EventRecorder extends Runnable {
  event(about: KubeObject | ObjectReference, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

export interface EventRecorderDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

const QUEUE_LIMIT = 1000;
const REMEMBERED = 4096;
const ATTEMPTS = 12;
const CALL_TIMEOUT_MS = 10_000;
/** An object may have so many events at once, and then one every five minutes. */
const BURST = 25;
const REFILL_MS = 5 * 60_000;

interface Occurrence {
  readonly about: ObjectReference;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly first: number;
  last: number;
  times: number;
}

interface Recorded {
  readonly namespace: string;
  readonly name: string;
  readonly count: number;
}

interface Memory {
  readonly recorded: LRUCache<string, Recorded>;
  readonly allowances: LRUCache<string, Allowance>;
}

interface Allowance {
  tokens: number;
  at: number;
}

export function createEventRecorder(client: Client, component: string, deps: EventRecorderDeps): EventRecorder {
  return new Recorder(client, component, deps);
}

class Recorder implements EventRecorder {
  readonly name = 'event recorder';
  readonly #client: Client;
  readonly #component: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** What is to be written, in order; the same event again is counted here while it waits. */
  readonly #pending = new Map<string, Occurrence>();
  #memory: Memory | undefined;
  #arrival = Promise.withResolvers<undefined>();
  #dropping = false;
  #lastStamp = 0n;

  constructor(client: Client, component: string, { clock, log }: EventRecorderDeps) {
    this.#client = client;
    this.#component = component;
    this.#clock = clock;
    this.#log = log;
  }

  event(about: KubeObject | ObjectReference, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const reference = referenceTo(about);
    const identity = JSON.stringify([{ ...reference, resourceVersion: null }, type, reason, message]);
    if (!this.#allowed(reference)) return;
    const now = this.#clock.now();
    const waiting = this.#pending.get(identity);
    if (waiting !== undefined) {
      waiting.times += 1;
      waiting.last = now;
    } else if (this.#pending.size < QUEUE_LIMIT) {
      this.#pending.set(identity, { about: reference, type, reason, message, first: now, last: now, times: 1 });
      this.#arrival.resolve(undefined);
    } else if (!this.#dropping) {
      this.#dropping = true;
      this.#log.warn({ limit: QUEUE_LIMIT }, 'too many events are waiting to be written, dropping new ones');
    }
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const wake = () => {
      this.#arrival.resolve(undefined);
    };
    signal.addEventListener('abort', wake, { once: true });
    ready();
    while (!signal.aborted) {
      await this.#writePending(signal);
      await this.#arrival.promise;
      this.#arrival = Promise.withResolvers();
    }
    signal.removeEventListener('abort', wake);
  }

  async #writePending(signal: AbortSignal): Promise<void> {
    for (const [identity, occurrence] of this.#pending) {
      if (signal.aborted) return;
      this.#pending.delete(identity);
      await this.#write(identity, occurrence, signal);
    }
    this.#dropping = false;
  }

  /** Made with the first event: the caches take their room at once, and many components never have anything to tell. */
  #remembered(): Memory {
    this.#memory ??= { recorded: new LRUCache({ max: REMEMBERED }), allowances: new LRUCache({ max: REMEMBERED }) };
    return this.#memory;
  }

  /** A token bucket an object. */
  #allowed({ kind = '', namespace = '', name = '', uid = '' }: ObjectReference): boolean {
    const identity = [kind, namespace, name, uid].join('/');
    const now = this.#clock.now();
    const { allowances } = this.#remembered();
    const allowance = allowances.get(identity) ?? { tokens: BURST, at: now };
    allowance.tokens = Math.min(BURST, allowance.tokens + (now - allowance.at) / REFILL_MS);
    allowance.at = now;
    allowances.set(identity, allowance);
    if (allowance.tokens < 1) return false;
    allowance.tokens -= 1;
    return true;
  }

  async #write(identity: string, occurrence: Occurrence, signal: AbortSignal): Promise<void> {
    const { about, reason } = occurrence;
    const backOff = new BackOff(this.#clock);
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        this.#remembered().recorded.set(identity, await this.#store(identity, occurrence, signal));
        return;
      } catch (err) {
        if (isNamespaceTerminating(err)) return;
        if (attempt === ATTEMPTS || isRefusal(err)) {
          this.#log.warn({ about, reason, err }, 'event was not written');
          return;
        }
        await backOff.wait(signal);
      }
    }
  }

  async #store(identity: string, occurrence: Occurrence, signal: AbortSignal): Promise<Recorded> {
    const known = this.#remembered().recorded.get(identity);
    const options = { signal: withDeadline(CALL_TIMEOUT_MS, signal) };
    if (known !== undefined) {
      const count = known.count + occurrence.times;
      const patch = { count, lastTimestamp: formatTime(occurrence.last) };
      try {
        await this.#client.patch(events, known, { type: 'merge', patch }, options);
        return { ...known, count };
      } catch (err) {
        // Events go by themselves after a while: begin anew.
        if (!isNotFound(err)) throw err;
        this.#remembered().recorded.delete(identity);
      }
    }
    const event = this.#eventOf(occurrence);
    await this.#client.create(events, event, options);
    const { name = '', namespace = '' } = event.metadata;
    return { name, namespace, count: occurrence.times };
  }

  #eventOf({ about, type, reason, message, first, last, times }: Occurrence): Omit<Event, 'apiVersion' | 'kind'> {
    const namespace = about.namespace ?? 'default';
    return {
      metadata: { namespace, name: `${(about.name ?? '').slice(0, 230)}.${this.#stamp(first)}` },
      involvedObject: about,
      type,
      reason,
      message,
      source: { component: this.#component },
      reportingComponent: this.#component,
      firstTimestamp: formatTime(first),
      lastTimestamp: formatTime(last),
      count: times,
    };
  }

  /**
   * Nanoseconds, as in the names other recorders give; the clock's are not so fine, chance fills them up. They grow, so
   * that Events are listed in the order in which they were told.
   */
  #stamp(at: number): string {
    const stamp = BigInt(at) * 1_000_000n + BigInt(Math.floor(this.#clock.random() * 1e6));
    this.#lastStamp = stamp > this.#lastStamp ? stamp : this.#lastStamp + 1n;
    return this.#lastStamp.toString(16);
  }
}

function referenceTo(about: KubeObject | ObjectReference): ObjectReference {
  if (!('metadata' in about)) return about;
  const { namespace, name, uid, resourceVersion } = about.metadata;
  return {
    apiVersion: about.apiVersion,
    kind: about.kind,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

/** The server understood and said no; it would say so again. */
function isRefusal(err: unknown): boolean {
  return isStatusError(err) && err.code < 500 && err.code !== 429 && err.code !== 401;
}
