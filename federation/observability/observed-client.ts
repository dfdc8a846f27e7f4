import { groupResource, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import type { Client, ObjectEvent, WatchOptions } from '../../src/client/index.ts';
import type { MemberClientFactory } from '../cluster/index.ts';
import { codeOf, type MemberRequests } from './member-requests.ts';

type MemberClient = ReturnType<MemberClientFactory>;

/** Makes clients whose calls are counted and timed. */
export function observedClients(create: MemberClientFactory, requests: MemberRequests): MemberClientFactory {
  return (target) => {
    requests.add(target.name);
    return new ObservedClient(create(target), target.name, requests);
  };
}

class ObservedClient implements Client, AsyncDisposable {
  readonly #inner: MemberClient;
  readonly #cluster: string;
  readonly #requests: MemberRequests;

  constructor(inner: MemberClient, cluster: string, requests: MemberRequests) {
    this.#inner = inner;
    this.#cluster = cluster;
    this.#requests = requests;
  }

  readonly get: Client['get'] = (resource, ...call) =>
    this.#observe('get', resource, () => this.#inner.get(resource, ...call));

  readonly list: Client['list'] = (resource, ...call) =>
    this.#observe('list', resource, () => this.#inner.list(resource, ...call));

  readonly create: Client['create'] = (resource, ...call) =>
    this.#observe('create', resource, () => this.#inner.create(resource, ...call));

  readonly update: Client['update'] = (resource, ...call) =>
    this.#observe('update', resource, () => this.#inner.update(resource, ...call));

  readonly updateStatus: Client['updateStatus'] = (resource, ...call) =>
    this.#observe('update', resource, () => this.#inner.updateStatus(resource, ...call));

  readonly patch: Client['patch'] = (resource, key, patch, ...call) =>
    this.#observe(patch.type === 'apply' ? 'apply' : 'patch', resource, () =>
      this.#inner.patch(resource, key, patch, ...call),
    );

  readonly delete: Client['delete'] = (resource, ...call) =>
    this.#observe('delete', resource, () => this.#inner.delete(resource, ...call));

  readonly deleteCollection: Client['deleteCollection'] = (resource, ...call) =>
    this.#observe('deletecollection', resource, () => this.#inner.deleteCollection(resource, ...call));

  readonly createSubresource: Client['createSubresource'] = (resource, ...call) =>
    this.#observe('create', resource, () => this.#inner.createSubresource(resource, ...call));

  readonly raw: Client['raw'] = (...call) => this.#observe('get', undefined, () => this.#inner.raw(...call));

  async *watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions): AsyncGenerator<ObjectEvent<T>> {
    const request = { cluster: this.#cluster, verb: 'watch', resource: groupResource(resource) };
    try {
      yield* this.#inner.watch(resource, options);
    } catch (err) {
      this.#requests.ended(request, codeOf(err));
      throw err;
    }
    this.#requests.ended(request, '200');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]?.();
  }

  #observe<R>(verb: string, resource: Resource | undefined, call: () => Promise<R>): Promise<R> {
    return this.#requests.observe(
      { cluster: this.#cluster, verb, resource: resource === undefined ? '' : groupResource(resource) },
      call,
    );
  }
}
