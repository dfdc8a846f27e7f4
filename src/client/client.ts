import type {
  JsonValue,
  KubeObject,
  ObjectKey,
  ObjectList,
  Resource,
  Status,
  SuccessStatus,
} from '../apimachinery/index.ts';

/** By what a call is found again at the server that is called. Whoever is called in this process has no use for it. */
export interface CallContext {
  /** Under which id the call is noted in the server's audit log, as far as it believes us. */
  readonly auditId?: string;
  /** The span that the call is a part of, as in W3C Trace Context. */
  readonly traceparent?: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly context?: CallContext;
}

export interface WriteOptions extends CallOptions {
  /** Validate and answer, store nothing. */
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
}

export interface ListOptions extends CallOptions {
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
}

export interface WatchOptions {
  readonly signal: AbortSignal;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Changes after this version. Absent or `0`: the present state as ADDED events first. */
  readonly resourceVersion?: string;
  readonly allowBookmarks?: boolean;
  /**
   * True: the present state, not older than `resourceVersion`, as ADDED events, then, for who allows bookmarks, one that
   * is annotated `k8s.io/initial-events-end`, then changes. False: changes alone, also without a `resourceVersion`.
   */
  readonly sendInitialEvents?: boolean;
  readonly timeoutSeconds?: number;
  /** Called once when the server has accepted the watch, before any event: from now on changes arrive. */
  readonly onOpen?: () => void;
}

export interface DeleteOptions extends CallOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: boolean;
}

export type Patch =
  | { readonly type: 'json'; readonly patch: readonly JsonPatchOperation[] }
  | { readonly type: 'merge' | 'strategic'; readonly patch: JsonValue }
  /** Server-side apply: the fields that the caller wants to own. `force` takes those of others. */
  | { readonly type: 'apply'; readonly patch: JsonValue; readonly force?: boolean };

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: JsonValue;
}

export type WatchEvent<T extends KubeObject = KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: T }
  | { readonly type: 'ERROR'; readonly object: Status };

/**
 * How everyone reads and writes the API, in this process or over HTTPS. Objects handed out are frozen or shared:
 * never change one, make another. Every call rejects with a `StatusError` when the server says no, with the
 * signal's reason when that aborts, and with a plain `Error` (`cause` kept) when the server cannot be reached.
 */
export interface Client {
  get<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, options?: CallOptions): Promise<T>;
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<ObjectList<T>>;
  /** The namespace is that of `object.metadata`. A missing `apiVersion` or `kind` is filled in from the resource. */
  create<T extends KubeObject>(resource: Resource<T>, object: NewObject<T>, options?: WriteOptions): Promise<T>;
  /** Fails with Conflict when `metadata.resourceVersion` is set and not current. `subresource` such as `finalize`. */
  update<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options?: WriteOptions & { readonly subresource?: string },
  ): Promise<T>;
  updateStatus<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    patch: Patch,
    options?: WriteOptions & { readonly subresource?: string },
  ): Promise<T>;
  /** Resolves to the object while it goes on existing (finalizers, grace period), else to the Status of success. */
  delete<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    options?: DeleteOptions,
  ): Promise<T | SuccessStatus>;
  /** Deletes every object selected, as `delete` would; resolves when all deletions were accepted. */
  deleteCollection(resource: Resource, selection: ListOptions, options?: DeleteOptions): Promise<void>;
  /** POST of a body to a subresource such as `token`, `binding`, `eviction`. */
  createSubresource<T extends KubeObject>(
    resource: Resource,
    key: ObjectKey,
    subresource: string,
    body: NewObject<T>,
    options?: WriteOptions,
  ): Promise<T>;
  /**
   * Ends quietly when the server ends it or the signal aborts; throws a `StatusError` (410 when the history is gone)
   * and plain errors when the connection breaks. An ERROR event is thrown, never yielded.
   */
  watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions): AsyncIterable<ObjectEvent<T>>;
  /** Any path, such as `/healthz`, `/version` or `/apis`: the body of a 2xx answer as text. */
  raw(path: string, options?: CallOptions & { readonly accept?: string }): Promise<string>;
}

export type ObjectEvent<T extends KubeObject = KubeObject> = Exclude<WatchEvent<T>, { readonly type: 'ERROR' }>;

/** An object to be created: its kind is known from the resource. */
export type NewObject<T extends KubeObject> = Omit<T, 'apiVersion' | 'kind'> & Partial<Pick<T, 'apiVersion' | 'kind'>>;
