/** Position in the store's single, totally ordered history. Every write takes the next one; the first is 1. */
export type Revision = number;

/**
 * One version of one key. Implementations hand out the SAME instance for the same version wherever they can
 * (the result of a write, list, get and watch), so that callers may keep what they derived from it beside it.
 */
export interface KeyValue {
  readonly key: string;
  /** Never to be changed by anybody. */
  readonly value: Uint8Array;
  readonly createRevision: Revision;
  readonly modRevision: Revision;
  /** Why nobody can tell what was stored: the value is empty, the rest is true. A store that encrypts has such versions. */
  readonly unreadable?: Error;
}

export type StorageEvent =
  | { readonly type: 'put'; readonly kv: KeyValue; readonly previous?: KeyValue }
  /** `revision` is that of the deletion; `previous` is what was deleted. */
  | { readonly type: 'delete'; readonly key: string; readonly revision: Revision; readonly previous: KeyValue }
  /** Nothing up to and including `revision` is still to come. Only when asked for. */
  | { readonly type: 'progress'; readonly revision: Revision };

export interface ListOptions {
  /** At most so many items; all when absent. */
  readonly limit?: number;
  /** Only keys after this one in byte order. */
  readonly after?: string;
  /** The state at that revision. Throws `Compacted` when that history is gone, `FutureRevision` when it has not happened. */
  readonly revision?: Revision;
}

export interface ListResult {
  /** In byte order of their keys. */
  readonly items: readonly KeyValue[];
  /** The revision that the list is the state of. */
  readonly revision: Revision;
  /** Keys under the prefix after the last item returned. */
  readonly remaining: number;
}

export interface WatchOptions {
  readonly signal: AbortSignal;
  /** Also yield `progress` events: one at the start (after what history had) and now and then while nothing happens. */
  readonly progress?: boolean;
}

export interface Storage {
  /** The revision of the last acknowledged write; 0 for an empty history. */
  currentRevision(): Promise<Revision>;
  get(key: string): Promise<KeyValue | undefined>;
  list(prefix: string, options?: ListOptions): Promise<ListResult>;
  /** Fails with `Exists`. The write is durable when the promise resolves. With a `ttlSeconds` the key goes by itself, as by `delete`. */
  create(key: string, value: Uint8Array, options?: { readonly ttlSeconds?: number }): Promise<KeyValue>;
  /** Fails with `NotFound`, or with `Conflict` unless the key's `modRevision` is `expected`. A ttl given at creation goes on. */
  update(key: string, value: Uint8Array, expected: Revision): Promise<KeyValue>;
  /** Fails with `NotFound`, or with `Conflict` unless the key's `modRevision` is `expected`. Resolves to the revision of the deletion. */
  delete(key: string, expected: Revision): Promise<Revision>;
  /** Forgets history up to and including `revision`; the latest version of every key stays. */
  compact(revision: Revision): Promise<void>;
  /**
   * Changes under `prefix` after revision `after`: in order, none missing, none twice, each only once it is durable.
   * Ends when `signal` aborts. Throws `Compacted` when that history is gone (list again, then watch), `TooSlow` when
   * the consumer fell so far behind that the bounded buffer overflowed.
   */
  watch(prefix: string, after: Revision, options: WatchOptions): AsyncIterable<StorageEvent>;
}

export type StorageErrorCode =
  | 'Exists'
  | 'NotFound'
  | 'Conflict'
  | 'Compacted'
  | 'FutureRevision'
  | 'TooLarge'
  | 'TooSlow'
  /** The store cannot answer now: disk full, connection lost, closed. */
  | 'Unavailable';

export class StorageError extends Error {
  readonly code: StorageErrorCode;
  readonly key: string;
  /** The message without code and key. */
  readonly detail: string;
  /** For `Conflict`: the version that is there. For `Compacted` and `FutureRevision`: nothing. */
  readonly current?: KeyValue;

  constructor(code: StorageErrorCode, key: string, detail: string, options?: ErrorOptions & { current?: KeyValue }) {
    super(`${code}: ${key}: ${detail}`, options);
    this.name = 'StorageError';
    this.code = code;
    this.key = key;
    this.detail = detail;
    if (options?.current !== undefined) this.current = options.current;
  }
}

export function isStorageError(err: unknown, code?: StorageErrorCode): err is StorageError {
  return err instanceof StorageError && (code === undefined || err.code === code);
}
