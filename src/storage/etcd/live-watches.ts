import type { Clock, Logger } from '../../component-base/index.ts';
import { EventBuffer } from '../event-buffer.ts';
import { compacted } from '../refusals.ts';
import { isStorageError, StorageError, type Revision, type StorageEvent } from '../storage.ts';
import type { EtcdClient } from './etcd-client.ts';
import { FieldReader } from './field-reader.ts';
import type { GrpcStream } from './grpc-channel.ts';
import { GRPC_CODES, GrpcError } from './grpc-error.ts';
import { EVERYTHING, prefixRange } from './key-range.ts';
import { encodeWatchCancel, encodeWatchCreate } from './kv-messages.ts';
import type { Versions } from './versions.ts';
import { eventOf } from './watch-events.ts';
import { readWatchResponse, type WatchResponse } from './watch-messages.ts';

export const WATCH = '/etcdserverpb.Watch/Watch';
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2_000;
const PROGRESS_INTERVAL_MS = 5_000;

interface Watcher {
  readonly buffer: EventBuffer;
  /** As etcd has it. */
  readonly prefix: string;
  readonly progress: boolean;
  /** Progress is told when everything up to here has come. */
  readonly target: Revision;
  told: boolean;
  /** Everything up to here has come. */
  position: Revision;
}

export interface WatchStart {
  readonly prefix: string;
  readonly after: Revision;
  /** The store's revision, asked for after the watch was. */
  readonly current: Revision;
  readonly progress: boolean;
  readonly signal: AbortSignal;
}

export interface WatchesDeps {
  readonly client: EtcdClient;
  readonly versions: Versions;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of events that one watcher may leave waiting. */
  readonly limit: number;
}

/**
 * All watches on one stream, which is opened when the first comes and opened anew when it breaks: each goes on after
 * the last revision that it saw.
 *
 * Those who want progress watch all keys: etcd has at least one event for each revision, so that what has come is known
 * exactly, with every version of etcd and without asking it.
 */
export class LiveWatches {
  readonly #deps: WatchesDeps;
  readonly #watchers = new Map<number, Watcher>();
  readonly #closing = new AbortController();
  #lastId = 0;
  #stream: GrpcStream | undefined;
  /** Closed here because nobody watched any more: no failure. */
  #givenUp = false;
  #running: Promise<void> | undefined;
  #cancelProgress: (() => void) | undefined;

  constructor(deps: WatchesDeps) {
    this.#deps = deps;
  }

  subscribe({ prefix, after, current, progress, signal }: WatchStart): EventBuffer {
    const id = ++this.#lastId;
    const told = after >= current;
    const initial: StorageEvent[] = progress && told ? [{ type: 'progress', revision: after }] : [];
    const onAbort = () => {
      buffer.end();
    };
    const buffer = new EventBuffer(prefix, initial, this.#deps.limit, () => {
      signal.removeEventListener('abort', onAbort);
      this.#remove(id);
    });
    const watcher: Watcher = { buffer, prefix, progress, target: current, told, position: after };
    this.#watchers.set(id, watcher);
    if (signal.aborted) buffer.end();
    else signal.addEventListener('abort', onAbort, { once: true });
    if (!this.#watchers.has(id)) return buffer;
    if (this.#stream !== undefined) this.#create(this.#stream, id, watcher);
    this.#running ??= this.#run();
    if (progress) this.#cancelProgress ??= this.#scheduleProgress();
    return buffer;
  }

  async close(error: StorageError): Promise<void> {
    this.#closing.abort(error);
    for (const { buffer } of [...this.#watchers.values()]) buffer.fail(error);
    this.#stream?.close();
    await this.#running;
  }

  #create(stream: GrpcStream, id: number, { prefix, progress, position }: Watcher): void {
    // From the last change seen, which is skipped, so that etcd refuses when what follows it may be gone in part.
    stream.send(encodeWatchCreate(id, progress ? EVERYTHING : prefixRange(prefix), Math.max(1, position)));
  }

  #remove(id: number): void {
    if (!this.#watchers.delete(id)) return;
    this.#stream?.send(encodeWatchCancel(id));
    if (this.#watchers.size > 0) return;
    this.#stream?.close();
    this.#stream = undefined;
    this.#givenUp = true;
    this.#cancelProgress?.();
    this.#cancelProgress = undefined;
  }

  async #run(): Promise<void> {
    const { clock, client, log } = this.#deps;
    let retryMs = FIRST_RETRY_MS;
    while (this.#watchers.size > 0 && !this.#closing.signal.aborted) {
      this.#givenUp = false;
      try {
        await this.#follow(() => {
          retryMs = FIRST_RETRY_MS;
        });
      } catch (err) {
        if (this.#hasGivenUp()) continue;
        client.streamFailed(err);
        log.warn({ err, retryMs }, 'the watches of etcd broke');
      }
      this.#stream = undefined;
      if (this.#watchers.size === 0) break;
      await this.#pause(clock, retryMs * (0.5 + clock.random() / 2));
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    }
    this.#running = undefined;
  }

  #hasGivenUp(): boolean {
    return this.#givenUp || this.#closing.signal.aborted;
  }

  async #follow(onMessage: () => void): Promise<void> {
    const stream = await this.#deps.client.stream(WATCH);
    this.#stream = stream;
    for (const [id, watcher] of this.#watchers) this.#create(stream, id, watcher);
    if (this.#watchers.size === 0) stream.close();
    for await (const message of stream.messages()) {
      onMessage();
      this.#take(readWatchResponse(new FieldReader(message)));
    }
  }

  #take(response: WatchResponse): void {
    const watcher = this.#watchers.get(response.id);
    if (response.canceled) {
      this.#canceled(watcher, response);
      return;
    }
    if (watcher === undefined) return;
    try {
      this.#deliver(watcher, response);
    } catch (err) {
      if (!isStorageError(err)) throw err;
      watcher.buffer.fail(err);
    }
  }

  #canceled(watcher: Watcher | undefined, { compactRevision, reason }: WatchResponse): void {
    if (watcher !== undefined && compactRevision > 0) {
      watcher.buffer.fail(compacted(watcher.prefix, watcher.position, compactRevision));
      return;
    }
    if (reason.includes('invalid auth token')) throw new GrpcError(GRPC_CODES.unauthenticated, reason);
    // What was refused at once has no number: it was one of those that have not heard anything yet.
    const refused = watcher === undefined ? [...this.#watchers.values()] : [watcher];
    if (reason === '') return;
    for (const { buffer, prefix } of refused) buffer.fail(new StorageError('Unavailable', prefix, reason));
  }

  #deliver(watcher: Watcher, { events }: WatchResponse): void {
    let own = true;
    const { position } = watcher;
    for (const raw of events) {
      if (raw.kv.modRevision <= position) continue;
      own = raw.kv.key.startsWith(watcher.prefix);
      if (own) watcher.buffer.push(eventOf(raw, this.#deps.versions));
      watcher.position = raw.kv.modRevision;
    }
    if (!watcher.progress || watcher.position < watcher.target) return;
    if (watcher.told && own) return;
    watcher.told = true;
    watcher.buffer.push({ type: 'progress', revision: watcher.position });
  }

  #scheduleProgress(): () => void {
    return this.#deps.clock.after(PROGRESS_INTERVAL_MS, () => {
      this.#cancelProgress = this.#scheduleProgress();
      for (const { progress, told, buffer, position } of this.#watchers.values()) {
        if (progress && told && buffer.empty) buffer.push({ type: 'progress', revision: position });
      }
    });
  }

  async #pause(clock: Clock, ms: number): Promise<void> {
    try {
      await clock.sleep(ms, this.#closing.signal);
    } catch (err) {
      if (!this.#closing.signal.aborted) throw err;
    }
  }
}
