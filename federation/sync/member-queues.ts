import { untilAborted, type Clock, type Logger, type Registry } from '../../src/component-base/index.ts';
import { controller, WorkQueue, type ReconcileResult } from '../../src/controller/index.ts';

export interface MemberQueuesDeps {
  readonly name: string;
  readonly reconcile: (cluster: string, key: string, signal: AbortSignal) => Promise<ReconcileResult>;
  readonly workers: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Registry;
}

interface MemberQueue {
  readonly queue: WorkQueue;
  readonly stop: AbortController;
}

const MAX_RETRY_DELAY_MS = 15_000;

/** A queue and workers for each member: one that is slow or fails keeps only its own work waiting. */
export class MemberQueues {
  readonly #deps: MemberQueuesDeps;
  readonly #queues = new Map<string, MemberQueue>();
  readonly #running = new Set<Promise<void>>();
  #ended = false;

  constructor(deps: MemberQueuesDeps) {
    this.#deps = deps;
  }

  add(cluster: string, key: string): void {
    if (this.#ended) return;
    const present = this.#queues.get(cluster) ?? this.#begin(cluster);
    present.queue.add(key);
  }

  /** The cluster has left the federation. */
  remove(cluster: string): void {
    this.#queues.get(cluster)?.stop.abort();
    this.#queues.delete(cluster);
  }

  async end(): Promise<void> {
    this.#ended = true;
    for (const cluster of [...this.#queues.keys()]) this.remove(cluster);
    await Promise.all(this.#running);
  }

  #begin(cluster: string): MemberQueue {
    const { name, reconcile, workers, timeoutMs, clock, log } = this.#deps;
    const queue = new WorkQueue(clock, { name, maxDelayMs: MAX_RETRY_DELAY_MS });
    const stop = new AbortController();
    const worker = controller({
      name,
      queue,
      workers,
      clock,
      log: log.child({ cluster }),
      reconcileTimeoutMs: timeoutMs,
      // A client that pays no heed to its signal must not hold a worker for good.
      reconcile: (key, signal) => untilAborted(reconcile(cluster, key, signal), signal),
    });
    const run = worker
      .run(stop.signal, () => undefined)
      .finally(() => {
        this.#running.delete(run);
      });
    this.#running.add(run);
    const begun = { queue, stop };
    this.#queues.set(cluster, begun);
    return begun;
  }
}
