import {
  apiVersionOf,
  type KubeObject,
  type ObjectKey,
  type ObjectList,
  type Resource,
  type SuccessStatus,
} from '../apimachinery/index.ts';
import { systemClock, type Clock } from '../component-base/index.ts';
import { Caller } from './caller.ts';
import type {
  CallOptions,
  Client,
  DeleteOptions,
  ListOptions,
  NewObject,
  ObjectEvent,
  Patch,
  WatchOptions,
  WriteOptions,
} from './client.ts';
import { createTransport } from './negotiating-transport.ts';
import { collectionPath, listQuery, objectPath, watchQuery, withQuery, writeQuery } from './paths.ts';
import { watchEvents } from './watch-events.ts';

export type ClientCredentials =
  /** PEM. */
  | { readonly certificate: string; readonly key: string }
  /** A function is asked before every call: tokens expire. */
  | { readonly token: string | (() => Promise<string>) };

export interface RemoteClientOptions {
  /** `https://host:port`, with a path where the API is not at the root. */
  readonly server: string;
  /** PEM; the system's own authorities when absent. */
  readonly ca?: string;
  readonly credentials?: ClientCredentials | undefined;
  /** Believes any server. */
  readonly insecureSkipTlsVerify?: boolean;
  /** The name that the server's certificate has to be for, when it is not that of the URL. */
  readonly tlsServerName?: string;
  /** How long a call may take, with all that is tried again. Watches have so long to be accepted. */
  readonly callTimeoutMs?: number;
  readonly userAgent?: string;
  readonly clock?: Clock;
}

/** A client over HTTPS. It connects when it is first used, and its connections end when it is disposed. */
export function createRemoteClient(options: RemoteClientOptions): Client & AsyncDisposable {
  const { server, credentials, ca, clock = systemClock, callTimeoutMs = 30_000, userAgent = 'koinon' } = options;
  const url = new URL(server);
  const transport = createTransport(
    url,
    {
      rejectUnauthorized: options.insecureSkipTlsVerify !== true,
      ...(ca === undefined ? {} : { ca }),
      ...(options.tlsServerName === undefined ? {} : { servername: options.tlsServerName }),
      ...(credentials !== undefined && 'certificate' in credentials
        ? { cert: credentials.certificate, key: credentials.key }
        : {}),
    },
    clock,
  );
  const token = credentials !== undefined && 'token' in credentials ? credentials.token : undefined;
  const caller = new Caller(transport, { clock, timeoutMs: callTimeoutMs, url, userAgent, token });
  return new RemoteClient(caller, transport);
}

const PATCH_TYPES: Readonly<Record<Patch['type'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

class RemoteClient implements Client, AsyncDisposable {
  readonly #caller: Caller;
  readonly #transport: AsyncDisposable;

  constructor(caller: Caller, transport: AsyncDisposable) {
    this.#caller = caller;
    this.#transport = transport;
  }

  async get<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, options: CallOptions = {}): Promise<T> {
    return this.#caller.json<T>(
      { method: 'GET', path: objectPath(resource, key), context: options.context },
      options.signal,
    );
  }

  async list<T extends KubeObject>(resource: Resource<T>, options: ListOptions = {}): Promise<ObjectList<T>> {
    const path = withQuery(collectionPath(resource, options.namespace), listQuery(options));
    const list = await this.#caller.json<ListBody<T>>(
      { method: 'GET', path, context: options.context },
      options.signal,
    );
    const apiVersion = apiVersionOf(resource);
    const items = list.items ?? [];
    // Kubernetes leaves out in the items what the list says for all.
    for (const item of items) {
      item.apiVersion ??= apiVersion;
      item.kind ??= resource.kind;
    }
    // @NOTE with its apiVersion and kind an item is a T.
    return { ...list, items: items as unknown as T[] };
  }

  async create<T extends KubeObject>(
    resource: Resource<T>,
    object: NewObject<T>,
    options: WriteOptions = {},
  ): Promise<T> {
    const { namespace } = object.metadata;
    if (resource.namespaced && namespace === undefined) {
      throw new TypeError(`${resource.plural} are in namespaces, and none was given`);
    }
    const path = withQuery(collectionPath(resource, namespace), writeQuery(options));
    const body = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object };
    return this.#caller.json<T>({ method: 'POST', path, body, context: options.context }, options.signal);
  }

  async update<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options: WriteOptions & { readonly subresource?: string } = {},
  ): Promise<T> {
    const { name = '', namespace } = object.metadata;
    const key = { name, ...(namespace === undefined ? {} : { namespace }) };
    const path = withQuery(objectPath(resource, key, options.subresource), writeQuery(options));
    return this.#caller.json<T>({ method: 'PUT', path, body: object, context: options.context }, options.signal);
  }

  async updateStatus<T extends KubeObject>(resource: Resource<T>, object: T, options: WriteOptions = {}): Promise<T> {
    return this.update(resource, object, { ...options, subresource: 'status' });
  }

  async patch<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    patch: Patch,
    options: WriteOptions & { readonly subresource?: string } = {},
  ): Promise<T> {
    const force = patch.type === 'apply' && patch.force === true ? { force: 'true' } : {};
    const path = withQuery(objectPath(resource, key, options.subresource), { ...writeQuery(options), ...force });
    const contentType = PATCH_TYPES[patch.type];
    const { signal, context } = options;
    return this.#caller.json<T>({ method: 'PATCH', path, body: patch.patch, contentType, context }, signal);
  }

  async delete<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    options: DeleteOptions = {},
  ): Promise<T | SuccessStatus> {
    const path = objectPath(resource, key);
    const { signal, context } = options;
    return this.#caller.json<T | SuccessStatus>({ method: 'DELETE', path, body: deleteBody(options), context }, signal);
  }

  async deleteCollection(resource: Resource, selection: ListOptions, options: DeleteOptions = {}): Promise<void> {
    const path = withQuery(collectionPath(resource, selection.namespace), listQuery(selection));
    const signal = options.signal ?? selection.signal;
    const context = options.context ?? selection.context;
    await this.#caller.json<unknown>({ method: 'DELETE', path, body: deleteBody(options), context }, signal);
  }

  async createSubresource<T extends KubeObject>(
    resource: Resource,
    key: ObjectKey,
    ...[subresource, body, options = {}]: [subresource: string, body: NewObject<T>, options?: WriteOptions]
  ): Promise<T> {
    const path = withQuery(objectPath(resource, key, subresource), writeQuery(options));
    return this.#caller.json<T>({ method: 'POST', path, body, context: options.context }, options.signal);
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncGenerator<ObjectEvent<T>, void, undefined> {
    const { signal } = options;
    const path = withQuery(collectionPath(resource, options.namespace), watchQuery(options));
    try {
      const body = await this.#caller.stream(path, signal);
      options.onOpen?.();
      try {
        for await (const event of watchEvents<T>(body)) {
          if (isAborted(signal)) return;
          yield event;
        }
      } catch (err) {
        throw this.#caller.describe(err, { method: 'WATCH', path });
      }
    } catch (err) {
      if (!isAborted(signal)) throw err;
    }
  }

  raw(path: string, options: CallOptions & { readonly accept?: string } = {}): Promise<string> {
    const { signal, accept, context } = options;
    return this.#caller.text({ method: 'GET', path, context, ...(accept === undefined ? {} : { accept }) }, signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#transport[Symbol.asyncDispose]());
  }
}

interface ListBody<T extends KubeObject> extends Omit<ObjectList<T>, 'items'> {
  readonly items?: { apiVersion?: string; kind?: string }[] | null;
}

function deleteBody({ gracePeriodSeconds, propagationPolicy, preconditions, dryRun }: DeleteOptions) {
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds,
    propagationPolicy,
    preconditions,
    ...(dryRun === true ? { dryRun: ['All'] } : {}),
  };
}

/** A function, because the compiler believes that what was false before an `await` still is. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
