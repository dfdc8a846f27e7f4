import type { KubeObject } from '../apimachinery/index.ts';
import type { Runnable } from '../component-base/index.ts';

/** `namespace/name`, or `name` for cluster-scoped objects. */
export type Key = string;

export interface ReconcileResult {
  /** Look again after so long even if nothing happens. */
  readonly requeueAfterMs?: number;
}

/** Makes the world as the object of this key says. Level-triggered: it may not depend on having seen an event. Throws to be retried with back-off. */
export type Reconciler = (key: Key, signal: AbortSignal) => Promise<ReconcileResult>;

/** Thrown by a reconciler when trying again cannot help; logged once, not retried until the next event. */
export class TerminalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TerminalError';
  }
}

/** Reads of an informer's cache. Objects are shared and frozen. */
export interface Lister<T extends KubeObject> {
  get(key: Key): T | undefined;
  /** In no particular order; of one namespace when given. */
  list(namespace?: string): readonly T[];
  /** Objects for which the named index function returned `value`. */
  byIndex(index: string, value: string): readonly T[];
}

export interface InformerEvent<T extends KubeObject> {
  readonly type: 'add' | 'update' | 'delete';
  readonly key: Key;
  /** The present object; for `delete` the last one known. */
  readonly object: T;
  /** What the cache held before; absent for `add`. */
  readonly previous?: T;
}

export type IndexFunction<T> = (object: T) => readonly string[];

/**
 * A cache of one resource kept true by list and watch, through lost connections and compacted histories.
 * Handlers are called after the cache changed, in order, and must be quick (usually `queue.add`).
 */
export interface Informer<T extends KubeObject> extends Runnable {
  readonly lister: Lister<T>;
  /** The first list has been taken in completely. */
  readonly synced: boolean;
  /** The watch is established and the last list or watch attempt did not fail: the cache is live. */
  readonly connected: boolean;
  /** Called with every change from now on; objects already there are replayed as `add` at once. Returns its own removal. */
  onEvent(handler: (event: InformerEvent<T>) => void): () => void;
  /** Called when `connected` changes. Returns its own removal. */
  onConnection(handler: (connected: boolean) => void): () => void;
}
