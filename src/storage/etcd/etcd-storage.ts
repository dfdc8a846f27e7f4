import { aborted, type Clock, type Logger, type Runnable } from '../../component-base/index.ts';
import { DEFAULT_WATCH_BUFFER } from '../fan-out.ts';
import { checkSize } from '../keys.ts';
import { requireAbsent, requireVersion } from '../refusals.ts';
import {
  isStorageError,
  StorageError,
  type KeyValue,
  type ListOptions,
  type ListResult,
  type Revision,
  type Storage,
  type StorageEvent,
  type WatchOptions,
} from '../storage.ts';
import { compact, keepCompacted } from './compaction.ts';
import { EtcdClient } from './etcd-client.ts';
import type { EtcdTls } from './grpc-channel.ts';
import { GrpcError } from './grpc-error.ts';
import { prefixRange } from './key-range.ts';
import {
  encodeRange,
  encodeTxn,
  readRange,
  readTxn,
  type Operation,
  type RangeRequest,
  type RangeResponse,
  type TxnResponse,
} from './kv-messages.ts';
import { LiveWatches } from './live-watches.ts';
import { pastChanges } from './past-changes.ts';
import { SharedLeases } from './shared-leases.ts';
import { toStorageError } from './storage-errors.ts';
import { Versions } from './versions.ts';

export interface EtcdStorageOptions {
  /** `http://host:port` or `https://host:port`, the members of one cluster. */
  readonly endpoints: readonly string[];
  /** Stands before every key, for several stores in one etcd; none when absent. Printable ASCII. */
  readonly prefix?: string;
  readonly tls?: EtcdTls;
  readonly auth?: { readonly username: string; readonly password: string };
  readonly clock: Clock;
  readonly log: Logger;
  /** Of the events that one watcher may leave waiting. */
  readonly watchBuffer?: number;
  /** History older than this is forgotten, by one of all that share the etcd; 5 minutes when absent, 0 for never. */
  readonly compactionIntervalMs?: number;
  /** How long `run` waits for etcd to answer for the first time; 30 s when absent. */
  readonly startTimeoutMs?: number;
}

const COMPACTION_INTERVAL_MS = 5 * 60_000;
const START_TIMEOUT_MS = 30_000;
const START_RETRY_MS = 250;
const LIST_DEADLINE_MS = 60_000;

/**
 * A store in an etcd cluster, 3.4 or later, that others may use at the same time; keys lie as Kubernetes has them.
 * Revisions are etcd's, so that an empty store is at revision 1 at least. Calls work before it runs and until it ends;
 * running it compacts, and its end closes all connections.
 */
export function createEtcdStorage(options: EtcdStorageOptions): Storage & Runnable {
  return new EtcdStorage(options);
}

class EtcdStorage implements Storage, Runnable {
  readonly name = 'etcd storage';
  readonly #options: EtcdStorageOptions;
  readonly #prefix: string;
  readonly #client: EtcdClient;
  readonly #versions: Versions;
  readonly #leases: SharedLeases;
  readonly #watches: LiveWatches;
  readonly #watchBuffer: number;

  constructor(options: EtcdStorageOptions) {
    const { clock, log, prefix = '', watchBuffer = DEFAULT_WATCH_BUFFER } = options;
    if (!/^[\x20-\x7d]*$/.test(prefix)) throw new TypeError(`not a prefix for keys in etcd: ${prefix}`);
    this.#options = options;
    this.#prefix = prefix;
    this.#client = new EtcdClient(options);
    this.#versions = new Versions(prefix);
    this.#leases = new SharedLeases(this.#client, clock);
    this.#watchBuffer = watchBuffer;
    this.#watches = new LiveWatches({
      client: this.#client,
      versions: this.#versions,
      clock,
      log,
      limit: watchBuffer,
    });
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { clock, log, compactionIntervalMs: intervalMs = COMPACTION_INTERVAL_MS } = this.#options;
    try {
      await this.#answered(signal);
      if (!signal.aborted) ready();
      if (intervalMs === 0) await aborted(signal);
      else await keepCompacted({ client: this.#client, clock, log, intervalMs }, signal);
    } finally {
      await this.#watches.close(new StorageError('Unavailable', this.#prefix, 'the storage was closed'));
      this.#client.close();
    }
  }

  async currentRevision(): Promise<Revision> {
    return (await this.#range({ key: `${this.#prefix}/`, end: '', countOnly: true })).revision;
  }

  async get(key: string): Promise<KeyValue | undefined> {
    const { kvs } = await this.#range({ key: this.#prefix + key, end: '' });
    return kvs[0] && this.#versions.of(kvs[0]);
  }

  async list(prefix: string, options: ListOptions = {}): Promise<ListResult> {
    const { limit = 0, after, revision } = options;
    const range = prefixRange(this.#full(prefix), after === undefined ? undefined : this.#prefix + after);
    if (range.key >= range.end)
      return { items: [], revision: revision ?? (await this.currentRevision()), remaining: 0 };
    // Nothing has happened up to revision 1, and 0 would mean the present to etcd.
    const at = revision === undefined ? {} : { revision: Math.max(1, revision) };
    const result = await this.#range({ ...range, limit, ...at }, LIST_DEADLINE_MS);
    return {
      items: result.kvs.map((kv) => this.#versions.of(kv)),
      revision: revision ?? result.revision,
      remaining: result.count - result.kvs.length,
    };
  }

  async create(key: string, value: Uint8Array, options: { readonly ttlSeconds?: number } = {}): Promise<KeyValue> {
    checkSize(key, value);
    const answer = await this.#createLeased(key, value, options.ttlSeconds);
    if (!answer.succeeded) {
      requireAbsent(key, this.#current(answer));
      throw new StorageError('Unavailable', key, 'etcd contradicted itself');
    }
    const { revision } = answer;
    return this.#versions.remember({ key, value, createRevision: revision, modRevision: revision });
  }

  async update(key: string, value: Uint8Array, expected: Revision): Promise<KeyValue> {
    checkSize(key, value);
    const known = this.#versions.known(key, expected);
    const fullKey = this.#prefix + key;
    const then: Operation[] = [{ put: { key: fullKey, value, keepsLease: true } }];
    if (known === undefined) then.push({ range: { key: fullKey, end: '', keysOnly: true } });
    const answer = await this.#replace(key, expected, then);
    const createRevision = known?.createRevision ?? answer.ranges[0]?.kvs[0]?.createRevision ?? 0;
    return this.#versions.remember({ key, value, createRevision, modRevision: answer.revision });
  }

  async delete(key: string, expected: Revision): Promise<Revision> {
    return (await this.#replace(key, expected, [{ delete: this.#prefix + key }])).revision;
  }

  async compact(revision: Revision): Promise<void> {
    try {
      await compact(this.#client, revision);
    } catch (err) {
      const error = toStorageError(err, '');
      if (!isStorageError(error, 'Compacted')) throw error;
    }
  }

  async *watch(
    prefix: string,
    after: Revision,
    { signal, progress = false }: WatchOptions,
  ): AsyncGenerator<StorageEvent> {
    const ended = () => signal.aborted;
    if (ended()) return;
    const current = await this.currentRevision();
    const full = this.#full(prefix);
    let position = after;
    if (current - after > this.#watchBuffer / 2) {
      const deps = { client: this.#client, versions: this.#versions };
      position = yield* pastChanges(deps, { prefix: full, after, until: current, signal });
    }
    if (ended()) return;
    yield* this.#watches.subscribe({ prefix: full, after: position, current, progress, signal });
  }

  /** All keys begin with a slash; those of others, and of etcd's own users, are left alone. */
  #full(prefix: string): string {
    return this.#prefix + (prefix === '' ? '/' : prefix);
  }

  async #createLeased(key: string, value: Uint8Array, ttlSeconds: number | undefined): Promise<TxnResponse> {
    const fullKey = this.#prefix + key;
    for (let attempt = 1; ; attempt++) {
      try {
        const leased = ttlSeconds === undefined ? {} : { lease: await this.#leases.leaseFor(ttlSeconds) };
        return await this.#txn(key, { version: 0 }, [{ put: { key: fullKey, value, ...leased } }]);
      } catch (err) {
        const cause = err instanceof StorageError ? err.cause : err;
        const gone = cause instanceof GrpcError && cause.message.includes('requested lease not found');
        if (!gone || attempt > 1) throw toStorageError(err, key);
        this.#leases.forget();
      }
    }
  }

  /** Throws `NotFound` or `Conflict`. */
  async #replace(key: string, expected: Revision, then: readonly Operation[]): Promise<TxnResponse> {
    // No key was ever written at such a revision, and to etcd 0 means a key that is not there.
    const when = { modRevision: expected < 1 ? -1 : expected };
    const answer = await this.#txn(key, when, then);
    if (!answer.succeeded) requireVersion(key, this.#current(answer), expected);
    return answer;
  }

  #current({ ranges }: TxnResponse): KeyValue | undefined {
    const raw = ranges[0]?.kvs[0];
    return raw && this.#versions.of(raw);
  }

  async #txn(key: string, when: { version: number } | { modRevision: number }, then: readonly Operation[]) {
    const fullKey = this.#prefix + key;
    const body = encodeTxn({ key: fullKey, when, then, otherwise: [{ range: { key: fullKey, end: '' } }] });
    try {
      return readTxn(await this.#client.call({ path: '/etcdserverpb.KV/Txn', body, repeatable: false }));
    } catch (err) {
      throw toStorageError(err, key);
    }
  }

  async #range(request: RangeRequest, deadlineMs?: number): Promise<RangeResponse> {
    const call = { path: '/etcdserverpb.KV/Range', body: encodeRange(request), repeatable: true };
    try {
      return readRange(await this.#client.call(deadlineMs === undefined ? call : { ...call, deadlineMs }));
    } catch (err) {
      throw toStorageError(err, request.key.slice(this.#prefix.length));
    }
  }

  /** A cluster that is starting, or choosing its leader, is waited for; one that refuses us is not. */
  async #answered(signal: AbortSignal): Promise<void> {
    const { clock, endpoints, startTimeoutMs = START_TIMEOUT_MS } = this.#options;
    const deadline = clock.now() + startTimeoutMs;
    while (!signal.aborted) {
      try {
        await this.currentRevision();
        return;
      } catch (err) {
        const passing = err instanceof StorageError && err.cause instanceof GrpcError && err.cause.isPassing;
        if (!passing || clock.now() >= deadline) {
          throw new StorageError('Unavailable', this.#prefix, `etcd at ${endpoints.join(', ')} cannot be used`, {
            cause: err,
          });
        }
      }
      await clock.sleep(START_RETRY_MS, signal).catch((err: unknown) => {
        if (!signal.aborted) throw err;
      });
    }
  }
}
