import {
  isExpired,
  isResourceVersionTooLarge,
  keyOf,
  type KubeObject,
  type ObjectList,
  type Resource,
} from '../apimachinery/index.ts';
import type { Client, ListOptions, ObjectEvent } from '../client/index.ts';
import type { Clock, Logger } from '../component-base/index.ts';
import { BackOff } from './back-off.ts';
import type { IndexFunction, Informer, InformerEvent, Key, Lister } from './contract.ts';
import { Store } from './store.ts';
import { TurnShare } from './turn-share.ts';

export interface InformerDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

export interface InformerOptions<T extends KubeObject> {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>;
  /** What is kept of an object; for remote informers of many objects, to drop what nobody reads. */
  readonly transform?: (object: T) => T;
}

const PAGE_SIZE = 500;
/** A watch that lived so long was a success, whatever ends it. */
const STABLE_MS = 5_000;
/** A watch that was neither accepted nor refused for so long is taken as established. */
const ACCEPTED_AFTER_MS = 1_000;
/** A watch that ends sooner, and brought nothing, is taken as refused. */
const REFUSED_WITHIN_MS = 500;

/**
 * An informer that pages through a list, watches from there and never gives up: what fails is logged once until it
 * works again and tried again with back-off; a history that is gone makes it list again, which finds what was
 * deleted meanwhile, and so does one that was taken back, as by a restored backup. Ready when `synced`.
 */
export function createInformer<T extends KubeObject>(
  client: Pick<Client, 'list' | 'watch'>,
  resource: Resource<T>,
  options: InformerDeps & InformerOptions<T>,
): Informer<T> {
  return new ListWatchInformer(client, resource, options);
}

type Handler<T extends KubeObject> = (event: InformerEvent<T>) => void;

export class ListWatchInformer<T extends KubeObject> implements Informer<T> {
  readonly name: string;
  readonly #client: Pick<Client, 'list' | 'watch'>;
  readonly #resource: Resource<T>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #selection: Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>;
  readonly #transform: ((object: T) => T) | undefined;
  readonly #store = new Store<T>();
  readonly #backOff: BackOff;
  readonly #share: TurnShare;
  /** Replaced, never changed: a handler may add or remove handlers while events go out. */
  #handlers: readonly Handler<T>[] = [];
  #connectionHandlers: readonly ((connected: boolean) => void)[] = [];
  #synced = false;
  #connected = false;
  /** What the cache is the state of; absent when it has to be listed. */
  #resourceVersion: string | undefined;
  #failureLogged = false;

  constructor(
    client: Pick<Client, 'list' | 'watch'>,
    resource: Resource<T>,
    options: InformerDeps & InformerOptions<T>,
  ) {
    const { clock, log, namespace, labelSelector, fieldSelector, indexes = {}, transform } = options;
    this.name = `informer ${resource.plural}`;
    this.#client = client;
    this.#resource = resource;
    this.#clock = clock;
    this.#log = log;
    this.#selection = {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
    this.#transform = transform;
    this.#backOff = new BackOff(clock);
    this.#share = new TurnShare(clock);
    this.addIndexes(indexes);
  }

  get lister(): Lister<T> {
    return this.#store;
  }

  get synced(): boolean {
    return this.#synced;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** More indexes for the lister. The same name must mean the same function. */
  addIndexes(indexes: Readonly<Record<string, IndexFunction<T>>>): void {
    this.#store.addIndexes(indexes);
  }

  onEvent(handler: Handler<T>): () => void {
    const own: Handler<T> = (event) => {
      handler(event);
    };
    this.#handlers = [...this.#handlers, own];
    for (const [key, object] of this.#store.entries()) own({ type: 'add', key, object });
    return () => {
      this.#handlers = this.#handlers.filter((other) => other !== own);
    };
  }

  onConnection(handler: (connected: boolean) => void): () => void {
    const own = (connected: boolean) => {
      handler(connected);
    };
    this.#connectionHandlers = [...this.#connectionHandlers, own];
    return () => {
      this.#connectionHandlers = this.#connectionHandlers.filter((other) => other !== own);
    };
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#listAndWatch(signal, ready);
      } catch (err) {
        await this.#recover(err, signal);
      }
    }
    this.#setConnected(false);
  }

  async #listAndWatch(signal: AbortSignal, ready: () => void): Promise<void> {
    const listed = this.#resourceVersion === undefined;
    if (listed) this.#resourceVersion = await this.#list(signal);
    if (!this.#synced) {
      this.#synced = true;
      ready();
    }
    // The server has just answered a list, so that the cache may be called live at once.
    if (listed) this.#setConnected(true);
    await this.#watch(signal);
  }

  async #recover(err: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (isExpired(err) || isResourceVersionTooLarge(err)) {
      this.#resourceVersion = undefined;
      if (this.#backOff.note() === 1) return;
    }
    this.#setConnected(false);
    if (!this.#failureLogged) {
      this.#failureLogged = true;
      this.#log.warn({ resource: this.#resource.plural, err }, 'list or watch failed, trying again');
    }
    await this.#backOff.wait(signal);
  }

  async #list(signal: AbortSignal): Promise<string> {
    try {
      return await this.#takeIn(signal, PAGE_SIZE);
    } catch (err) {
      // The history went while it was being paged through: once more, in one piece.
      if (!isExpired(err)) throw err;
      return await this.#takeIn(signal, undefined);
    }
  }

  /** Pages are taken in as they come, and what none of them had is deleted at the end, so that no list is held twice. */
  async #takeIn(signal: AbortSignal, limit: number | undefined): Promise<string> {
    const seen = new Set<Key>();
    let token: string | undefined;
    for (;;) {
      const page: ObjectList<T> = await this.#client.list(this.#resource, {
        ...this.#selection,
        signal,
        ...(limit === undefined ? {} : { limit }),
        ...(token === undefined ? {} : { continue: token }),
      });
      for (const object of page.items) {
        const spent = this.#share.spent();
        if (spent !== undefined) await spent;
        signal.throwIfAborted();
        seen.add(this.#put(object));
      }
      token = page.metadata.continue;
      if (token !== undefined && token !== '') continue;
      for (const [key, object] of this.#store.entries()) if (!seen.has(key)) this.#remove(key, object);
      return page.metadata.resourceVersion ?? '';
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const begun = this.#clock.now();
    let events = 0;
    const onOpen = () => {
      this.#setConnected(true);
    };
    const cancel = this.#clock.after(ACCEPTED_AFTER_MS, onOpen);
    try {
      for await (const event of this.#client.watch(this.#resource, this.#watchOptions(signal, onOpen))) {
        if (events === 0) this.#recovered();
        events += 1;
        this.#take(event);
      }
    } finally {
      cancel();
      if (this.#clock.now() - begun >= STABLE_MS) this.#recovered();
    }
    if (events === 0 && !signal.aborted && this.#clock.now() - begun < REFUSED_WITHIN_MS) {
      throw new Error('the server ended the watch at once');
    }
  }

  #watchOptions(signal: AbortSignal, onOpen: () => void) {
    // Connections that end at different times do not all come back at the same time.
    const timeoutSeconds = Math.round(300 * (1 + this.#clock.random()));
    const resourceVersion = this.#resourceVersion ?? '';
    return { ...this.#selection, signal, onOpen, resourceVersion, allowBookmarks: true, timeoutSeconds };
  }

  #take(event: ObjectEvent<T>): void {
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
        this.#put(event.object);
        break;
      case 'DELETED': {
        const key = keyOf(event.object);
        if (this.#store.get(key) !== undefined) this.#remove(key, event.object);
        break;
      }
      case 'BOOKMARK':
        break;
    }
    this.#resourceVersion = event.object.metadata.resourceVersion ?? this.#resourceVersion;
  }

  #put(received: T): Key {
    const key = keyOf(received);
    let previous = this.#store.get(key);
    if (previous !== undefined) {
      if (previous.metadata.uid !== received.metadata.uid) {
        this.#remove(key, previous);
        previous = undefined;
      } else if (previous.metadata.resourceVersion === received.metadata.resourceVersion) {
        return key;
      }
    }
    const object = this.#transform?.(received) ?? received;
    this.#store.set(key, object);
    this.#emit(previous === undefined ? { type: 'add', key, object } : { type: 'update', key, object, previous });
    return key;
  }

  #remove(key: Key, object: T): void {
    const previous = this.#store.get(key);
    this.#store.delete(key);
    this.#emit({ type: 'delete', key, object, ...(previous === undefined ? {} : { previous }) });
  }

  /** A handler that throws must not cost the others their event, nor the cache its watch. */
  #emit(event: InformerEvent<T>): void {
    for (const handler of this.#handlers) {
      try {
        handler(event);
      } catch (err) {
        this.#log.error({ resource: this.#resource.plural, key: event.key, err }, 'event handler failed');
      }
    }
  }

  #recovered(): void {
    this.#setConnected(true);
    this.#backOff.reset();
    this.#failureLogged = false;
  }

  #setConnected(connected: boolean): void {
    if (this.#connected === connected) return;
    this.#connected = connected;
    for (const handler of this.#connectionHandlers) handler(connected);
  }
}
