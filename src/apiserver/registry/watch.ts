import { apiVersionOf, deepFreeze, type KubeObject, type StatusError } from '../../apimachinery/index.ts';
import { isStorageError, type KeyValue, type Revision, type StorageEvent } from '../../storage/index.ts';
import type { Version } from './codec.ts';
import type { RegistryDeps } from './deps.ts';
import { listObjects } from './list.ts';
import { checkWatchOptions, parseResourceVersion, type WatchRequest } from './list-options.ts';
import { placeOf, type Place } from './place.ts';
import { select, type Selected } from './selection.ts';
import { fromStorageError, tooLargeResourceVersion } from './storage-errors.ts';

export interface ServedEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly version: Version;
}

/** A watch whose request was found good, and that has not begun. */
export interface OpenWatch {
  /**
   * Tells `emit` of what is there, when that was asked for, and then of every change. Returns when `signal` aborts or
   * the time that the client gave is over; throws 410 when history is missing. `emit` must be quick.
   */
  run(emit: (event: ServedEvent) => void, signal: AbortSignal): Promise<void>;
}

const BOOKMARK_INTERVAL_MS = 60_000;
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

export async function openWatch(deps: RegistryDeps, request: WatchRequest): Promise<OpenWatch> {
  checkWatchOptions(request);
  const selected = select(deps.definition, request);
  const asked = parseResourceVersion(request.resourceVersion);
  const current = await deps.storage.currentRevision();
  if (asked !== undefined && asked > current) return failed(tooLargeResourceVersion(asked, current));
  const wantsPresent = request.sendInitialEvents ?? (asked ?? 0) === 0;
  const present = wantsPresent ? await presentEvents(deps, request) : undefined;
  const after = present?.revision ?? (asked === undefined || asked === 0 ? current : asked);
  return {
    run: async (emit, signal) => {
      for (const event of present?.events ?? []) emit(event);
      const { retired } = deps.definition;
      const ending = retired === undefined ? signal : AbortSignal.any([signal, retired]);
      await new Follower(deps, { request, selected, after }).run(emit, ending);
    },
  };
}

/** Once a request was found good its watch begins, and says itself why it cannot go on: clients expect an ERROR event. */
function failed(err: StatusError): OpenWatch {
  return { run: () => Promise.reject(err) };
}

async function presentEvents(deps: RegistryDeps, request: WatchRequest) {
  const { resourceVersion: _version, resourceVersionMatch: _match, sendInitialEvents, ...selection } = request;
  const { versions, metadata } = await listObjects(deps, selection);
  const revision = Number(metadata.resourceVersion);
  const events: ServedEvent[] = versions.map((version) => ({ type: 'ADDED', version }));
  // Who does not take bookmarks is not told where what is there ends either.
  if (sendInitialEvents === true && request.allowWatchBookmarks === true)
    events.push(bookmark(deps, revision, { [INITIAL_EVENTS_END]: 'true' }));
  return { events, revision };
}

interface Following {
  readonly request: WatchRequest;
  readonly selected: Selected;
  readonly after: Revision;
}

/** Turns the store's changes after a revision into events of one selection, with bookmarks in between. */
class Follower {
  readonly #deps: RegistryDeps;
  readonly #following: Following;
  readonly #place: Place;
  /** Everything up to here has been told. */
  #revision: Revision;

  constructor(deps: RegistryDeps, following: Following) {
    this.#deps = deps;
    this.#following = following;
    this.#place = placeOf(deps, following.selected);
    this.#revision = following.after;
  }

  async run(emit: (event: ServedEvent) => void, signal: AbortSignal): Promise<void> {
    const { timeoutSeconds, allowWatchBookmarks = false } = this.#following.request;
    const mark = () => {
      if (allowWatchBookmarks) emit(bookmark(this.#deps, this.#revision));
    };
    const timeUp = new AbortController();
    const timers = [this.#repeat(BOOKMARK_INTERVAL_MS, mark)];
    if (timeoutSeconds !== undefined && timeoutSeconds > 0) {
      const end = () => {
        mark();
        timeUp.abort();
      };
      timers.push(this.#deps.clock.after(timeoutSeconds * 1000, end));
    }
    try {
      await this.#follow(emit, AbortSignal.any([signal, timeUp.signal]));
    } finally {
      for (const cancel of timers) cancel();
    }
  }

  async #follow(emit: (event: ServedEvent) => void, signal: AbortSignal): Promise<void> {
    const { storage, definition, codec } = this.#deps;
    const { after, request } = this.#following;
    const options = { signal, progress: request.allowWatchBookmarks === true };
    try {
      for await (const event of storage.watch(this.#place.prefix, after, options)) {
        const ready = codec.prepare?.(keyValuesOf(event));
        if (ready !== undefined) await ready;
        const served = this.#serve(event);
        this.#revision = revisionOf(event);
        if (served !== undefined) emit(served);
      }
    } catch (err) {
      throw isStorageError(err) ? fromStorageError(err, definition, '') : err;
    }
  }

  #serve(event: StorageEvent): ServedEvent | undefined {
    const { codec } = this.#deps;
    const { isSelected } = this.#place;
    switch (event.type) {
      case 'progress':
        return undefined;
      case 'delete':
        if (!isSelected(event.previous)) return undefined;
        return { type: 'DELETED', version: codec.gone(event.previous, event.revision) };
      case 'put': {
        const { kv, previous } = event;
        const before = previous !== undefined && isSelected(previous);
        if (isSelected(kv)) return { type: before ? 'MODIFIED' : 'ADDED', version: codec.version(kv) };
        return before ? { type: 'DELETED', version: codec.gone(previous, kv.modRevision) } : undefined;
      }
    }
  }

  #repeat(ms: number, fn: () => void): () => void {
    let cancel = () => {};
    const schedule = () => {
      cancel = this.#deps.clock.after(ms, () => {
        fn();
        schedule();
      });
    };
    schedule();
    return () => {
      cancel();
    };
  }
}

function keyValuesOf(event: StorageEvent): readonly KeyValue[] {
  if (event.type === 'progress') return [];
  const { previous } = event;
  const last = previous === undefined ? [] : [previous];
  return event.type === 'put' ? [event.kv, ...last] : last;
}

function revisionOf(event: StorageEvent): Revision {
  return event.type === 'put' ? event.kv.modRevision : event.revision;
}

function bookmark({ definition }: RegistryDeps, revision: Revision, annotations?: Record<string, string>): ServedEvent {
  const object: KubeObject = deepFreeze({
    kind: definition.kind,
    apiVersion: apiVersionOf(definition),
    metadata: { resourceVersion: String(revision), ...(annotations === undefined ? {} : { annotations }) },
  });
  return { type: 'BOOKMARK', version: { object, bytes: Buffer.from(JSON.stringify(object)) } };
}
