import { groupResource, type Resource } from '../../src/apimachinery/index.ts';
import type { CallContext, CallOptions, Client } from '../../src/client/index.ts';
import { formatTraceparent, parseTraceparent, withinSpan, type Tracer } from '../../src/tracing/index.ts';
import type { MemberClientFactory } from '../cluster/index.ts';

type MemberClient = ReturnType<MemberClientFactory>;

/** Makes clients whose calls, as far as they are a part of something that is traced, are spans of their own. */
export function tracedClients(create: MemberClientFactory, tracer: Tracer | undefined): MemberClientFactory {
  return tracer === undefined ? create : (target) => new TracedClient(create(target), target.name, tracer);
}

class TracedClient implements Client, AsyncDisposable {
  readonly #inner: MemberClient;
  readonly #cluster: string;
  readonly #tracer: Tracer;
  readonly list: Client['list'];
  readonly updateStatus: Client['updateStatus'];
  readonly deleteCollection: Client['deleteCollection'];
  readonly createSubresource: Client['createSubresource'];
  readonly raw: Client['raw'];
  readonly watch: Client['watch'];

  constructor(inner: MemberClient, cluster: string, tracer: Tracer) {
    this.#inner = inner;
    this.#cluster = cluster;
    this.#tracer = tracer;
    this.list = (...call) => inner.list(...call);
    this.updateStatus = (...call) => inner.updateStatus(...call);
    this.deleteCollection = (...call) => inner.deleteCollection(...call);
    this.createSubresource = (...call) => inner.createSubresource(...call);
    this.raw = (...call) => inner.raw(...call);
    this.watch = (...call) => inner.watch(...call);
  }

  readonly get: Client['get'] = (resource, key, options) =>
    this.#span('get', resource, options, (context) => this.#inner.get(resource, key, { ...options, ...context }));

  readonly create: Client['create'] = (resource, object, options) =>
    this.#span('create', resource, options, (context) =>
      this.#inner.create(resource, object, { ...options, ...context }),
    );

  readonly update: Client['update'] = (resource, object, options) =>
    this.#span('update', resource, options, (context) =>
      this.#inner.update(resource, object, { ...options, ...context }),
    );

  readonly patch: Client['patch'] = (resource, key, patch, options) =>
    this.#span(patch.type === 'apply' ? 'apply' : 'patch', resource, options, (context) =>
      this.#inner.patch(resource, key, patch, { ...options, ...context }),
    );

  readonly delete: Client['delete'] = (resource, key, options) =>
    this.#span('delete', resource, options, (context) => this.#inner.delete(resource, key, { ...options, ...context }));

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]?.();
  }

  /** The member's own work on the call is a part of that span. */
  #span<R>(
    verb: string,
    resource: Resource,
    options: CallOptions | undefined,
    call: (context: { readonly context?: CallContext }) => Promise<R>,
  ): Promise<R> {
    const parent = parseTraceparent(options?.context?.traceparent);
    if (parent === undefined) return call({});
    const name = groupResource(resource);
    const attributes = { 'koinon.cluster': this.#cluster, 'koinon.resource': name, verb };
    return withinSpan(this.#tracer, `${verb} ${name}`, { kind: 'client', parent, attributes }, (span) =>
      call({ context: { ...options?.context, ...(span && { traceparent: formatTraceparent(span.context) }) } }),
    );
  }
}
