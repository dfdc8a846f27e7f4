import {
  apiVersionOf,
  expired,
  type KubeObject,
  type ObjectKey,
  type ObjectList,
  type Resource,
  type SuccessStatus,
} from '../../apimachinery/index.ts';
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
} from '../../client/index.ts';
import { serverItself } from '../authentication/users.ts';
import { requireAllowed } from '../authorization/gate.ts';
import { selectedBy } from '../authorization/selected.ts';
import { asObject } from '../decoding/object.ts';
import { deletedStatus } from '../registry/delete.ts';
import type { WriteRequest } from '../registry/deps.ts';
import type { WatchRequest } from '../registry/list-options.ts';
import type { Registries } from '../registry/registries.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { Version } from '../registry/codec.ts';
import type { ServedEvent } from '../registry/watch.ts';
import type { UserInfo, Verb } from '../resource-definition.ts';
import type { Authorizer } from '../security.ts';
import { EventQueue } from './event-queue.ts';

export interface InProcessDeps {
  readonly user: UserInfo;
  readonly registries: Registries;
  readonly authorizer: Authorizer;
  /** Any other path, as it is answered over HTTP. */
  raw(
    path: string,
    user: UserInfo,
    options: { readonly accept?: string; readonly signal?: AbortSignal },
  ): Promise<string>;
}

/** Events that may wait for a consumer: as many as a busy hour of a cluster, and not a leak. */
const WATCH_BUFFER = 100_000;
const NEVER = new AbortController().signal;

interface Call {
  readonly verb: Verb;
  readonly resource: Resource;
  readonly subresource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** The in-process transport: as over HTTP, but nothing is encoded or parsed on the way. */
export class InProcessClient implements Client {
  readonly #deps: InProcessDeps;

  constructor(deps: InProcessDeps) {
    this.#deps = deps;
  }

  async get<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, options: CallOptions = {}): Promise<T> {
    const registry = await this.#admit({ verb: 'get', resource, ...key }, options);
    return objectOf(resource, await registry.get(key));
  }

  async list<T extends KubeObject>(resource: Resource<T>, options: ListOptions = {}): Promise<ObjectList<T>> {
    const { signal: _signal, ...request } = options;
    const { namespace, fieldSelector } = options;
    const registry = await this.#admit({ verb: 'list', resource, namespace, fieldSelector }, options);
    const { versions, metadata } = await registry.list(request);
    const kind = `${resource.kind}List`;
    return {
      apiVersion: apiVersionOf(resource),
      kind,
      metadata,
      items: versions.map((version) => objectOf(resource, version)),
    };
  }

  async create<T extends KubeObject>(
    resource: Resource<T>,
    object: NewObject<T>,
    options: WriteOptions = {},
  ): Promise<T> {
    const { namespace } = object.metadata;
    const registry = await this.#admit({ verb: 'create', resource, namespace }, options);
    const request = { ...this.#write('create', options), namespace, object: asObject(object, resource) };
    return objectOf(resource, await registry.create(request));
  }

  update<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options: WriteOptions & { readonly subresource?: string } = {},
  ): Promise<T> {
    return this.#put(resource, object, options, options.subresource);
  }

  updateStatus<T extends KubeObject>(resource: Resource<T>, object: T, options: WriteOptions = {}): Promise<T> {
    return this.#put(resource, object, options, 'status');
  }

  async patch<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    patch: Patch,
    options: WriteOptions & { readonly subresource?: string } = {},
  ): Promise<T> {
    const { subresource } = options;
    const registry = await this.#admit({ verb: 'patch', resource, subresource, ...key }, options);
    const expected = registry.kindOf(subresource);
    const decode = (patched: unknown) => asObject(patched, expected);
    const body = patch.type === 'apply' ? { ...patch, force: patch.force ?? false } : patch;
    const { version } = await registry.patch({
      ...this.#write('patch', options, subresource),
      key,
      patch: body,
      decode,
      requireCreate: () => this.#require({ verb: 'create', resource, ...key }),
    });
    return objectOf(resource, version);
  }

  async delete<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    options: DeleteOptions = {},
  ): Promise<T | SuccessStatus> {
    const registry = await this.#admit({ verb: 'delete', resource, ...key }, options);
    const { version, gone } = await registry.delete({ ...this.#write('delete', options), key, options });
    return gone ? deletedStatus(resource, version) : objectOf(resource, version);
  }

  async deleteCollection(resource: Resource, selection: ListOptions, options: DeleteOptions = {}): Promise<void> {
    const { namespace, fieldSelector } = selection;
    const call = { verb: 'deletecollection' as const, resource, namespace, fieldSelector };
    const registry = await this.#admit(call, options);
    const { signal: _signal, ...selected } = selection;
    await registry.deleteCollection(selected, { ...this.#write('deletecollection', options), options });
  }

  async createSubresource<T extends KubeObject>(
    resource: Resource,
    key: ObjectKey,
    ...[subresource, body, options = {}]: [subresource: string, body: NewObject<T>, options?: WriteOptions]
  ): Promise<T> {
    const registry = await this.#admit({ verb: 'create', resource, subresource, ...key }, options);
    const object = asObject(body, registry.bodyKindOf(subresource));
    const request = { ...this.#write('create', options, subresource), key, object, query: new URLSearchParams() };
    return answerTo(body, await registry.createPart({ ...request, subresource }));
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncGenerator<ObjectEvent<T>, void, undefined> {
    const { signal, namespace, fieldSelector } = options;
    if (signal.aborted) return;
    const registry = await this.#admit({ verb: 'watch', resource, namespace, fieldSelector }, {});
    const open = await registry.watch(watchRequest(options));
    options.onOpen?.();
    const stop = new AbortController();
    const queue = new EventQueue<ServedEvent>(WATCH_BUFFER, () => expired('the watch fell too far behind; list again'));
    const running = open
      .run(
        (event) => {
          queue.push(event);
        },
        AbortSignal.any([signal, stop.signal]),
      )
      .then(
        () => {
          queue.end();
        },
        (err: unknown) => {
          queue.fail(err);
        },
      );
    try {
      for await (const { type, version } of queue.take()) {
        if (isAborted(signal)) return;
        yield { type, object: objectOf(resource, version) };
      }
    } finally {
      stop.abort();
      await running;
    }
  }

  raw(path: string, options: CallOptions & { readonly accept?: string } = {}): Promise<string> {
    return this.#deps.raw(path, this.#deps.user, options);
  }

  async #put<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options: WriteOptions,
    subresource?: string,
  ): Promise<T> {
    const { name = '', namespace } = object.metadata;
    const key = { name, ...(namespace === undefined ? {} : { namespace }) };
    const registry = await this.#admit({ verb: 'update', resource, subresource, ...key }, options);
    const request = this.#write('update', options, subresource);
    const { version } = await registry.update({
      ...request,
      key,
      object: asObject(object, resource),
      requireCreate: () => this.#require({ verb: 'create', resource, ...key }),
    });
    return objectOf(resource, version);
  }

  /** The registry to go on with, if this user may make this call there. */
  async #admit(call: Call, { signal }: CallOptions): Promise<ServedResource> {
    signal?.throwIfAborted();
    const registry = this.#deps.registries.get(call.resource);
    await this.#require(call);
    registry.requireVerb(call.verb);
    return registry;
  }

  async #require({ verb, resource, ...target }: Call): Promise<void> {
    const { user, authorizer } = this.#deps;
    const { group, version, plural } = resource;
    const { subresource, namespace, fieldSelector } = target;
    const { name = target.name, ...selected } = selectedBy(verb, fieldSelector);
    await requireAllowed(authorizer, {
      user,
      verb,
      resource: {
        group,
        version,
        plural,
        ...(subresource === undefined ? {} : { subresource }),
        ...(namespace === undefined ? {} : { namespace }),
        ...(name === undefined ? {} : { name }),
        ...selected,
      },
    });
  }

  #write(
    verb: Verb,
    { signal, dryRun, fieldManager }: Pick<WriteOptions, 'signal' | 'dryRun' | 'fieldManager'>,
    subresource?: string,
  ): WriteRequest {
    return {
      user: this.#deps.user,
      fieldManager: fieldManager ?? componentOf(this.#deps.user),
      verb,
      signal: signal ?? NEVER,
      dryRun: dryRun ?? false,
      // @NOTE the contract has no way to pass warnings on: they are for people at a terminal.
      warn: () => undefined,
      // @NOTE the audit log is of requests over HTTPS.
      annotate: () => undefined,
      ...(subresource === undefined ? {} : { subresource }),
    };
  }
}

/** `kube-controller-manager` of `system:kube-controller-manager`. */
function componentOf({ username }: UserInfo): string {
  if (username.startsWith('system:node:')) return 'kubelet';
  if (username === serverItself.username) return 'kube-apiserver';
  return username.slice(username.lastIndexOf(':') + 1);
}

function objectOf<T extends KubeObject>(_resource: Resource<T>, { object }: Version): T {
  // @NOTE a registry stores objects of the kind that its Resource names, and T is that resource's type.
  return object as T;
}

function answerTo<T extends KubeObject>(_body: NewObject<T>, { object }: Version): T {
  // @NOTE the answer to a body of a subresource is of the body's kind, with its status filled in.
  return object as T;
}

/** A function, because the compiler believes that what was false before an `await` still is. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function watchRequest({ signal: _signal, onOpen: _onOpen, allowBookmarks, ...options }: WatchOptions): WatchRequest {
  return {
    ...options,
    allowWatchBookmarks: allowBookmarks ?? false,
    ...(options.sendInitialEvents !== undefined ? { resourceVersionMatch: 'NotOlderThan' } : {}),
  };
}
