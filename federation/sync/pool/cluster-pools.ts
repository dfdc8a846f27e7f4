import type { Clock, Logger } from '../../../src/component-base/index.ts';
import type { Tracer } from '../../../src/tracing/index.ts';
import type { CopyResult } from '../copy-result.ts';
import type { Attempt, Cause } from './attempt.ts';
import type { LaneBacklog } from './backlog.ts';
import type { BreakerState } from './circuit-breaker.ts';
import { ClusterPool, type PoolOptions } from './cluster-pool.ts';

/** Makes the copy of this key in this cluster what it should be. */
export type CopyReconciler = (
  cluster: string,
  key: string,
  signal: AbortSignal,
  attempt: Attempt,
) => Promise<CopyResult>;

/** The work of one kind, in all clusters. */
export interface Lane {
  /** Without a cause it is one that is known since now. */
  add(clusters: Iterable<string>, key: string, cause?: Cause): void;
  /** The kind is served no longer: nothing of it is begun any more. */
  close(): void;
}

export interface LaneOptions {
  /** Kinds of a lower rank go first. */
  readonly rank: number;
  readonly reconcile: CopyReconciler;
  /** There is surely nothing to be done, as most looks find: then nobody has to come for it. */
  readonly isDone?: (cluster: string, key: string) => boolean;
}

/** What a worker may do to a cluster, through its pool. */
export interface ClusterCalls {
  call<R>(cluster: string, signal: AbortSignal, send: (signal: AbortSignal) => Promise<R>): Promise<R>;
}

export interface PoolState {
  readonly backlog: readonly LaneBacklog[];
  readonly breaker: BreakerState;
}

export interface ClusterPoolsDeps {
  /** A copy was written, so many milliseconds after it was known that it may have to be. */
  readonly onWritten?: (cluster: string, lane: string, afterMs: number) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tracer?: Tracer | undefined;
}

/** One pool of workers for each cluster: one that is slow, dead or flapping keeps only its own work waiting. */
export class ClusterPools implements ClusterCalls {
  readonly #deps: ClusterPoolsDeps;
  readonly #options: PoolOptions;
  readonly #lanes = new Map<string, LaneOptions>();
  readonly #pools = new Map<string, ClusterPool>();
  readonly #ending = new Set<Promise<void>>();
  #ended = false;

  constructor(deps: ClusterPoolsDeps, options: PoolOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** `name` is without spaces, and that of no other open lane. */
  lane(name: string, options: LaneOptions): Lane {
    this.#lanes.set(name, options);
    return {
      add: (clusters, key, cause = { since: this.#deps.clock.now() }) => {
        const id = `${name} ${key}`;
        for (const cluster of clusters) {
          if (options.isDone?.(cluster, key) !== true) this.#pools.get(cluster)?.add(id, cause);
        }
      },
      close: () => {
        if (this.#lanes.get(name) === options) this.#lanes.delete(name);
      },
    };
  }

  call<R>(cluster: string, signal: AbortSignal, send: (signal: AbortSignal) => Promise<R>): Promise<R> {
    const pool = this.#pools.get(cluster);
    return pool === undefined ? Promise.reject(new Error(`no cluster ${cluster}`)) : pool.call(signal, send);
  }

  /** The cluster can be asked: it has joined, or is back. Nothing changes for one that could. */
  resume(cluster: string): void {
    if (this.#ended) return;
    const pool = this.#pools.get(cluster) ?? this.#begin(cluster);
    pool.resume();
  }

  /** The cluster was found to answer: it is called again at once, if it was not. */
  trust(cluster: string): void {
    this.#pools.get(cluster)?.trust();
  }

  suspend(cluster: string): void {
    this.#pools.get(cluster)?.suspend();
  }

  /** The cluster has left the federation. */
  remove(cluster: string): void {
    const pool = this.#pools.get(cluster);
    if (pool === undefined) return;
    this.#pools.delete(cluster);
    const end = pool.end().finally(() => {
      this.#ending.delete(end);
    });
    this.#ending.add(end);
  }

  /** What is still to be looked at in a cluster, and whether it is called at all. */
  state(cluster: string): PoolState | undefined {
    const pool = this.#pools.get(cluster);
    return pool && { backlog: pool.backlog, breaker: pool.breaker };
  }

  async end(): Promise<void> {
    this.#ended = true;
    for (const cluster of [...this.#pools.keys()]) this.remove(cluster);
    await Promise.all(this.#ending);
  }

  #begin(cluster: string): ClusterPool {
    const pool = new ClusterPool(
      {
        ...this.#deps,
        cluster,
        laneOf,
        onWritten: (id, afterMs) => this.#deps.onWritten?.(cluster, laneOf(id), afterMs),
        rank: (id) => this.#lanes.get(laneOf(id))?.rank ?? 0,
        reconcile: async (id, signal, attempt) => {
          const name = laneOf(id);
          return (await this.#lanes.get(name)?.reconcile(cluster, id.slice(name.length + 1), signal, attempt)) ?? {};
        },
      },
      this.#options,
    );
    this.#pools.set(cluster, pool);
    return pool;
  }
}

function laneOf(id: string): string {
  return id.slice(0, id.indexOf(' '));
}
