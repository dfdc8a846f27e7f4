import { isConflict, isStatusError } from '../../../src/apimachinery/index.ts';
import { untilAborted, type Clock, type Logger } from '../../../src/component-base/index.ts';
import { WorkQueue } from '../../../src/controller/index.ts';
import type { Tracer } from '../../../src/tracing/index.ts';
import type { CopyResult } from '../copy-result.ts';
import { Attempt, type Cause } from './attempt.ts';
import { Backlog, type LaneBacklog } from './backlog.ts';
import { CircuitBreaker, type BreakerOptions, type BreakerState } from './circuit-breaker.ts';
import { TokenBucket, type Rate } from './token-bucket.ts';

export interface PoolOptions {
  /** Copies that are worked on at the same time in one cluster. */
  readonly workers: number;
  /** One call may take so long. */
  readonly timeoutMs: number;
  /** Of calls to one cluster. */
  readonly rate: Rate;
  readonly breaker: BreakerOptions;
}

export interface ClusterPoolDeps {
  readonly cluster: string;
  readonly reconcile: (id: string, signal: AbortSignal, attempt: Attempt) => Promise<CopyResult>;
  readonly rank: (id: string) => number;
  readonly laneOf: (id: string) => string;
  /** A copy was written that was known since so many milliseconds to be looked at. */
  readonly onWritten: (id: string, afterMs: number) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tracer?: Tracer | undefined;
}

const MAX_RETRY_DELAY_MS = 15_000;
/** The server says that it, or the one behind it, cannot answer now. */
const OVERLOADED: ReadonlySet<number> = new Set([429, 503, 504]);

/**
 * What is to be done in one cluster, for all kinds, and who does it. A cluster out of sight has no workers and nothing
 * waits for it: whoever resumes it adds everything anew. Otherwise at most every object of every kind waits, once.
 */
export class ClusterPool {
  readonly #deps: ClusterPoolDeps;
  readonly #options: PoolOptions;
  readonly #queue: WorkQueue;
  readonly #bucket: TokenBucket;
  readonly #breaker: CircuitBreaker;
  readonly #backlog: Backlog;
  readonly #workers = new Set<Promise<void>>();
  #session: AbortController | undefined;

  constructor(deps: ClusterPoolDeps, options: PoolOptions) {
    const { cluster, rank, laneOf, clock, log } = deps;
    this.#deps = deps;
    this.#options = options;
    this.#queue = new WorkQueue(clock, { name: `cluster-${cluster}`, maxDelayMs: MAX_RETRY_DELAY_MS, rank });
    this.#bucket = new TokenBucket(clock, options.rate);
    this.#backlog = new Backlog(laneOf);
    this.#breaker = new CircuitBreaker(clock, options.breaker, (state) => {
      log[state === 'open' ? 'warn' : 'debug']({ cluster, state }, 'calls to cluster');
    });
  }

  get breaker(): BreakerState {
    return this.#breaker.state;
  }

  get backlog(): readonly LaneBacklog[] {
    return this.#backlog.byLane();
  }

  add(id: string, cause: Cause): void {
    if (this.#session === undefined) return;
    this.#backlog.add(id, cause);
    this.#queue.add(id);
  }

  /** Calls the cluster: not too often, not for too long, and noting whether it answers. */
  async call<R>(signal: AbortSignal, send: (signal: AbortSignal) => Promise<R>): Promise<R> {
    await this.#bucket.take(signal);
    signal.throwIfAborted();
    const { timeoutMs } = this.#options;
    const attempt = new AbortController();
    const onAbort = () => {
      attempt.abort(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const cancel = this.#deps.clock.after(timeoutMs, () => {
      attempt.abort(new Error(`no answer within ${timeoutMs} ms`));
    });
    try {
      // A client that pays no heed to its signal must not hold a worker for good.
      const result = await untilAborted(send(attempt.signal), attempt.signal);
      this.#breaker.succeeded();
      return result;
    } catch (err) {
      if (!signal.aborted) this.#judge(err);
      throw err;
    } finally {
      cancel();
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** The cluster is out of sight: nothing is begun, what has begun is given up, and what waits is forgotten. */
  suspend(): void {
    this.#session?.abort(new Error('the cluster is out of sight'));
    this.#session = undefined;
    this.#queue.clear();
    this.#backlog.clear();
    this.#breaker.reset();
  }

  /** Somebody else has found that the cluster answers. */
  trust(): void {
    this.#breaker.reset();
  }

  resume(): void {
    if (this.#session !== undefined) return;
    this.#breaker.reset();
    const session = new AbortController();
    this.#session = session;
    for (let index = 0; index < this.#options.workers; index++) {
      const worker = this.#work(session.signal).finally(() => {
        this.#workers.delete(worker);
      });
      this.#workers.add(worker);
    }
  }

  async end(): Promise<void> {
    this.suspend();
    await Promise.all(this.#workers);
  }

  /** A server that fails over one object, as by a webhook, does answer. */
  #judge(err: unknown): void {
    if (!isStatusError(err) || OVERLOADED.has(err.code)) this.#breaker.failed();
    else if (err.code < 500) this.#breaker.succeeded();
  }

  async #work(signal: AbortSignal): Promise<void> {
    for await (const id of this.#queue.take(signal)) {
      const attempt = this.#begin(id);
      try {
        this.#note(id, await this.#attempt(id, signal, attempt));
        attempt.end();
      } catch (err) {
        attempt.end(err);
        if (signal.aborted) return;
        this.#backlog.giveBack(id);
        this.#retry(id, err, attempt);
      } finally {
        this.#queue.done(id);
      }
    }
  }

  #begin(id: string): Attempt {
    const { tracer, laneOf, cluster, clock } = this.#deps;
    const cause = this.#backlog.begin(id);
    if (tracer === undefined) return new Attempt();
    const lane = laneOf(id);
    return new Attempt(() =>
      tracer.begin('copy', {
        parent: cause?.span?.context,
        attributes: {
          'koinon.cluster': cluster,
          'koinon.resource': lane,
          'koinon.object': id.slice(lane.length + 1),
          ...(cause && { 'koinon.waited_seconds': (clock.now() - cause.since) / 1000 }),
        },
      }),
    );
  }

  async #attempt(id: string, signal: AbortSignal, attempt: Attempt): Promise<CopyResult> {
    const leave = await this.#breaker.enter(signal);
    try {
      const result = await untilAborted(this.#deps.reconcile(id, signal, attempt), signal);
      this.#queue.forget(id);
      if (result.requeueAfterMs !== undefined) this.#queue.addAfter(id, result.requeueAfterMs);
      return result;
    } finally {
      leave();
    }
  }

  #note(id: string, { requeueAfterMs, trouble, isWritten }: CopyResult): void {
    if (requeueAfterMs !== undefined && trouble === undefined) {
      this.#backlog.giveBack(id);
      return;
    }
    const cause = this.#backlog.end(id);
    if (isWritten === true && cause !== undefined) this.#deps.onWritten(id, this.#deps.clock.now() - cause.since);
  }

  #retry(id: string, err: unknown, { auditId: auditID }: Attempt): void {
    const { cluster, log } = this.#deps;
    // A conflict is about to be told by the watch; a cluster that does not answer has been told of once.
    const level = isConflict(err) || this.#breaker.state !== 'closed' ? 'debug' : 'warn';
    const failures = this.#queue.failures(id) + 1;
    log[level]({ cluster, copy: id, auditID, failures, err }, 'copy in cluster failed');
    this.#queue.addRateLimited(id);
  }
}
