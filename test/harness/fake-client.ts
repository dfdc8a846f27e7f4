import {
  applyMergePatch,
  alreadyExists,
  apiVersionOf,
  conflict,
  expired,
  joinKey,
  keyOf,
} from '../../src/apimachinery/index.ts';
import { matchesFields, matchesLabels, notFound, parseFieldSelector } from '../../src/apimachinery/index.ts';
import { parseLabelSelector, type KubeObject, type ObjectKey, type Resource } from '../../src/apimachinery/index.ts';
import type { SuccessStatus } from '../../src/apimachinery/index.ts';
import type { Client, ListOptions, NewObject, ObjectEvent, WatchOptions } from '../../src/client/index.ts';

interface Change {
  readonly revision: number;
  readonly plural: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

type Selection = Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>;

/**
 * An API in memory whose failures are told when to happen, for tests of what stands on a Client. It keeps versions,
 * order, paging, selectors, conflicts and compaction as a server does; it knows no rules of any kind of object.
 */
export class FakeClient implements Client {
  readonly calls: string[] = [];
  #revision = 0;
  #uid = 0;
  #compacted = 0;
  #failure: Error | undefined;
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #history: Change[] = [];
  readonly #watchers = new Set<{ wake: () => void; failure?: Error; ended?: boolean }>();

  get watches(): number {
    return this.#watchers.size;
  }

  /** Every call fails with `error`, and so does every watch that is open, until `up`. */
  down(error: Error): void {
    this.#failure = error;
    this.breakWatches(error);
  }

  up(): void {
    this.#failure = undefined;
  }

  /** Fails the open watches; without an error the server ends them well. */
  breakWatches(error?: Error): void {
    for (const watcher of this.#watchers) {
      if (error === undefined) watcher.ended = true;
      else watcher.failure = error;
      watcher.wake();
    }
  }

  /** Forgets the history: watches and continue tokens from before now fail with 410. */
  compact(): void {
    this.#compacted = this.#revision;
    this.#history.length = 0;
  }

  async get<T extends KubeObject>(resource: Resource<T>, key: ObjectKey): Promise<T> {
    this.#enter('get', resource);
    return this.#present(resource, joinKey(key));
  }

  async list<T extends KubeObject>(resource: Resource<T>, options: ListOptions = {}) {
    this.#enter('list', resource);
    const all = [...this.#of(resource).values()].filter((object) => selects(options, object));
    const [from, revision] = (options.continue ?? `0/${this.#revision}`).split('/').map(Number);
    if (from === undefined || revision === undefined) throw new TypeError('a continue token of another server');
    if (options.continue !== undefined && revision < this.#compacted) throw expired('the continue token is too old');
    const until = from + (options.limit ?? all.length);
    return {
      apiVersion: apiVersionOf(resource),
      kind: `${resource.kind}List`,
      metadata: {
        resourceVersion: String(revision),
        ...(until < all.length ? { continue: `${until}/${revision}` } : {}),
      },
      items: all.slice(from, until),
    };
  }

  async create<T extends KubeObject>(resource: Resource<T>, object: NewObject<T>): Promise<T> {
    this.#enter('create', resource);
    // @NOTE a NewObject with its apiVersion and kind is a T.
    const whole = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object } as unknown as T;
    const name = object.metadata.name ?? `${object.metadata.generateName ?? ''}${this.#uid}`;
    const uid = `uid-${++this.#uid}`;
    const key = keyOf({ metadata: { ...object.metadata, name } });
    if (this.#of(resource).has(key)) throw alreadyExists(resource, name);
    return this.#write(resource, 'ADDED', { ...whole, metadata: { ...whole.metadata, name, uid } });
  }

  async update<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T> {
    this.#enter('update', resource);
    const current = this.#present(resource, keyOf(object));
    const { resourceVersion } = object.metadata;
    if (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion) {
      throw conflict(resource, object.metadata.name ?? '', 'the object has been modified');
    }
    const { uid } = current.metadata;
    return this.#write(resource, 'MODIFIED', { ...object, metadata: { ...object.metadata, ...(uid && { uid }) } });
  }

  updateStatus<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T> {
    return this.update(resource, object);
  }

  async patch<T extends KubeObject>(...[resource, key, patch]: Parameters<Client['patch']>): Promise<T> {
    this.#enter('patch', resource);
    if (patch.type === 'json') throw new Error('the fake client has no JSON patch');
    // @NOTE a resource names the type of its objects, and a patch does not change it.
    const current = this.#present(resource, joinKey(key)) as unknown as T;
    return this.#write(resource as Resource<T>, 'MODIFIED', applyMergePatch(current, patch.patch) as T);
  }

  async delete<T extends KubeObject>(resource: Resource<T>, key: ObjectKey): Promise<SuccessStatus> {
    this.#enter('delete', resource);
    const current = this.#present(resource, joinKey(key));
    this.#of(resource).delete(joinKey(key));
    this.#record(resource, 'DELETED', current);
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
  }

  async deleteCollection(): Promise<void> {
    throw new Error('the fake client has no deleteCollection');
  }

  async createSubresource<T extends KubeObject>(): Promise<T> {
    throw new Error('the fake client has no subresources');
  }

  async raw(): Promise<string> {
    throw new Error('the fake client has no raw paths');
  }

  async *watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions): AsyncGenerator<ObjectEvent<T>> {
    this.#enter('watch', resource);
    let after = Number(options.resourceVersion ?? this.#revision);
    if (after < this.#compacted) throw expired('too old resource version');
    options.onOpen?.();
    let gate = Promise.withResolvers<undefined>();
    const watcher: { wake: () => void; failure?: Error; ended?: boolean } = {
      wake: () => {
        gate.resolve(undefined);
      },
    };
    this.#watchers.add(watcher);
    options.signal.addEventListener('abort', watcher.wake, { once: true });
    try {
      while (!options.signal.aborted) {
        if (watcher.failure !== undefined) throw watcher.failure;
        const next = this.#history.find((change) => change.revision > after && change.plural === resource.plural);
        if (next !== undefined) {
          after = next.revision;
          // @NOTE a resource names the type of its objects.
          if (selects(options, next.object)) yield { type: next.type, object: next.object as T };
        } else if (watcher.ended === true) {
          return;
        } else {
          await gate.promise;
          gate = Promise.withResolvers<undefined>();
        }
      }
    } finally {
      this.#watchers.delete(watcher);
      options.signal.removeEventListener('abort', watcher.wake);
    }
  }

  #enter(verb: string, resource: Resource): void {
    this.calls.push(`${verb} ${resource.plural}`);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #of<T extends KubeObject>(resource: Resource<T>): Map<string, T> {
    const objects = this.#objects.get(resource.plural) ?? new Map<string, KubeObject>();
    this.#objects.set(resource.plural, objects);
    // @NOTE a resource names the type of its objects.
    return objects as Map<string, T>;
  }

  #present<T extends KubeObject>(resource: Resource<T>, key: string): T {
    const object = this.#of(resource).get(key);
    if (object === undefined) throw notFound(resource, key);
    return object;
  }

  #write<T extends KubeObject>(resource: Resource<T>, type: 'ADDED' | 'MODIFIED', object: T): T {
    const stored = this.#record(resource, type, object);
    this.#of(resource).set(keyOf(stored), stored);
    return stored;
  }

  #record<T extends KubeObject>(resource: Resource<T>, type: Change['type'], object: T): T {
    this.#revision += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.#revision) };
    const stored = Object.freeze({ ...object, metadata });
    this.#history.push({ revision: this.#revision, plural: resource.plural, type, object: stored });
    for (const watcher of this.#watchers) watcher.wake();
    return stored;
  }
}

function selects({ namespace, labelSelector, fieldSelector }: Selection, { metadata }: KubeObject): boolean {
  if (namespace !== undefined && namespace !== metadata.namespace) return false;
  if (labelSelector !== undefined && !matchesLabels(parseLabelSelector(labelSelector), metadata.labels)) return false;
  const fields: Record<string, string | undefined> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
  };
  return (
    fieldSelector === undefined || matchesFields(parseFieldSelector(fieldSelector), (field) => fields[field] ?? '')
  );
}
