import { statusError, type KubeObject, type Resource } from '../../../src/apimachinery/index.ts';
import { namespaceLifecycle, type AdmissionPlugin, type Authorizer } from '../../../src/apiserver/index.ts';
import { nodes } from '../../../src/apis/index.ts';
import { createRemoteClient, type Client } from '../../../src/client/index.ts';
import { systemClock } from '../../../src/component-base/index.ts';
import { customResourceSchemas } from '../../../src/custom-resources/index.ts';
import { createMemoryStorage, type Storage } from '../../../src/storage/index.ts';
import { startCustomResourceServer } from '../../harness/custom-resources.ts';
import { memberResources, type TestMember } from './fixture.ts';
import { switchable } from './switchable-client.ts';

/** What is wrong with a cluster that somebody else runs. May be changed while it runs. */
export interface Oddities {
  /** Kinds, by their plurals, that it does not serve. */
  readonly lacks?: ReadonlySet<string>;
  /** That the federation may not touch. */
  readonly forbids: Set<string>;
  /** That it cannot answer for. */
  readonly fails: Set<string>;
  /** It fills in what others leave out, in fields that nobody else knows. */
  readonly embellishes?: boolean;
  /** It is of a time before anybody was told who owns which field. */
  readonly isOld?: boolean;
  /** Lists take so long. */
  slowListsMs: number;
  /** Watches end after so long without a word. */
  dropsWatchesAfterMs: number;
}

export function oddities(own: Partial<Oddities> = {}): Oddities {
  return { forbids: new Set(), fails: new Set(), slowListsMs: 0, dropsWatchesAfterMs: 0, ...own };
}

/** A cluster that somebody else runs, reached over HTTPS as a user who is no administrator. */
export async function startForeignMember(
  name: string,
  odd: Oddities,
  storage: Storage = createMemoryStorage({ clock: systemClock }),
): Promise<TestMember> {
  await using stack = new AsyncDisposableStack();
  const authorizer: Authorizer = async ({ user, resource }) => {
    const isAdmin = user.groups.includes('system:masters');
    return { allowed: isAdmin || resource === undefined || !odd.forbids.has(resource.plural) };
  };
  const server = stack.use(
    await startCustomResourceServer({
      resources: memberResources.filter(({ plural }) => odd.lacks?.has(plural) !== true),
      storage,
      listen: true,
      authorizer: () => authorizer,
      admission: (own) => [
        namespaceLifecycle(own),
        customResourceSchemas,
        ...(odd.embellishes === true ? [embellishments] : []),
      ],
    }),
  );
  await server.admin.create(nodes, { metadata: { name: `${name}-1` } });
  const credentials = await server.certificates.issue('federation');
  const remote = stack.use(createRemoteClient({ server: server.url, ca: server.certificates.ca, credentials }));
  const line = switchable(troublesome(remote, odd));
  const parts = stack.move();
  return { name, admin: server.admin, line, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

/** As admission in clusters of other makes and versions does. */
const embellishments: AdmissionPlugin = {
  name: 'Embellishments',
  handles: ({ operation, object, subresource }) =>
    (operation === 'CREATE' || operation === 'UPDATE') && object !== undefined && subresource === undefined,
  mutate: async ({ object }) => {
    // @NOTE `handles` has seen to it that there is one.
    const given = object as KubeObject & { readonly spec?: object };
    const { labels, annotations } = given.metadata;
    return {
      ...given,
      metadata: {
        ...given.metadata,
        labels: { 'odd.example.com/seen': 'true', ...labels },
        annotations: { 'odd.example.com/by': 'us', ...annotations },
      },
      ...(given.spec === undefined ? {} : { spec: { oddField: { level: 3 }, ...given.spec } }),
    };
  },
};

/** Its answers, when it is in the mood for them. */
function troublesome(inner: Client, odd: Oddities): Client {
  const answered = <R>(resource: Resource, call: () => Promise<R>): Promise<R> =>
    odd.fails.has(resource.plural) ? Promise.reject(failure()) : call();
  const shown = <T extends KubeObject>(object: T): T => (odd.isOld === true ? withoutOwners(object) : object);
  return {
    get: (resource, ...rest) => answered(resource, async () => shown(await inner.get(resource, ...rest))),
    list: (resource, ...rest) =>
      answered(resource, async () => {
        if (odd.slowListsMs > 0) await systemClock.sleep(odd.slowListsMs, rest[0]?.signal);
        const list = await inner.list(resource, ...rest);
        return { ...list, items: list.items.map(shown) };
      }),
    create: (resource, ...rest) => answered(resource, async () => shown(await inner.create(resource, ...rest))),
    update: (resource, ...rest) => answered(resource, async () => shown(await inner.update(resource, ...rest))),
    updateStatus: (resource, ...rest) => answered(resource, () => inner.updateStatus(resource, ...rest)),
    patch: (resource, key, patch, ...rest) => {
      if (odd.isOld === true && patch.type === 'apply') return Promise.reject(unsupported());
      return answered(resource, async () => shown(await inner.patch(resource, key, patch, ...rest)));
    },
    delete: (resource, ...rest) => answered(resource, () => inner.delete(resource, ...rest)),
    deleteCollection: (resource, ...rest) => answered(resource, () => inner.deleteCollection(resource, ...rest)),
    createSubresource: (resource, ...rest) => answered(resource, () => inner.createSubresource(resource, ...rest)),
    raw: (...call) => inner.raw(...call),
    async *watch(resource, options) {
      if (odd.fails.has(resource.plural)) throw failure();
      const dropped = new AbortController();
      const { dropsWatchesAfterMs: afterMs } = odd;
      const cancel =
        afterMs === 0
          ? undefined
          : systemClock.after(afterMs, () => {
              dropped.abort();
            });
      const signal = AbortSignal.any([options.signal, dropped.signal]);
      try {
        for await (const event of inner.watch(resource, { ...options, signal })) {
          yield { ...event, object: shown(event.object) };
        }
      } finally {
        cancel?.();
      }
    },
  };
}

function withoutOwners<T extends KubeObject>(object: T): T {
  const { managedFields: _fields, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function unsupported() {
  return statusError(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format');
}

function failure() {
  return statusError(500, 'InternalError', 'Internal error occurred: the store of this kind is out of order');
}
