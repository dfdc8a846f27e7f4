import { statusError, type Resource } from '../../../src/apimachinery/index.ts';
import type { Client } from '../../../src/client/index.ts';

/** `refused`: nobody listens there. `silent`: connections stay, and nothing comes any more. */
export type Line = 'up' | 'refused' | 'silent';

export interface Switch {
  readonly client: Client;
  /** How many calls (watches included) were made, probes apart. */
  readonly calls: number;
  /** How many of them were to change something, as `create deployments`, `apply services`. */
  readonly writes: readonly string[];
  /** Resources that were watched. */
  readonly watched: ReadonlySet<string>;
  /** From now on it is a server that is too old to know server-side apply. */
  withoutApply(): void;
  set(line: Line): void;
}

function refusal(): Error {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  return new Error('cannot reach the server', { cause });
}

function unsupported(): Error {
  return statusError(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format');
}

/** A client whose connection can be cut in the two ways in which members are lost. Silent calls ignore their signal. */
export function switchable(inner: Client): Switch {
  let line: Line = 'up';
  let calls = 0;
  const writes: string[] = [];
  const watched = new Set<string>();
  let applies = true;
  let changed = Promise.withResolvers<undefined>();
  const never = new Promise<never>(() => undefined);
  const through = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> => {
      calls += 1;
      if (line === 'refused') return Promise.reject(refusal());
      return line === 'silent' ? never : call(...args);
    };
  };
  const writing = (verb: string, resource: Resource, { dryRun }: { readonly dryRun?: boolean } = {}) => {
    const asksOnly = resource.group === 'authorization.k8s.io';
    if (dryRun !== true && !asksOnly) writes.push(`${verb} ${resource.plural}`);
  };
  const client: Client = {
    get: through((...args: Parameters<Client['get']>) => inner.get(...args)) as Client['get'],
    list: through((...args: Parameters<Client['list']>) => inner.list(...args)) as Client['list'],
    create: through((...args: Parameters<Client['create']>) => {
      writing('create', args[0], args[2]);
      return inner.create(...args);
    }) as Client['create'],
    update: through((...args: Parameters<Client['update']>) => {
      writing('update', args[0], args[2]);
      return inner.update(...args);
    }) as Client['update'],
    updateStatus: through((...args: Parameters<Client['updateStatus']>) =>
      inner.updateStatus(...args),
    ) as Client['updateStatus'],
    patch: through((...args: Parameters<Client['patch']>) => {
      if (args[2].type === 'apply' && !applies) return Promise.reject(unsupported());
      writing(args[2].type, args[0], args[3]);
      return inner.patch(...args);
    }) as Client['patch'],
    delete: through((...args: Parameters<Client['delete']>) => {
      writing('delete', args[0], args[2]);
      return inner.delete(...args);
    }) as Client['delete'],
    deleteCollection: through((...args: Parameters<Client['deleteCollection']>) => inner.deleteCollection(...args)),
    createSubresource: through((...args: Parameters<Client['createSubresource']>) =>
      inner.createSubresource(...args),
    ) as Client['createSubresource'],
    raw: through((...args: Parameters<Client['raw']>) => {
      calls -= 1;
      return inner.raw(...args);
    }),
    async *watch(resource, options) {
      calls += 1;
      watched.add(resource.plural);
      if (line === 'refused') throw refusal();
      const ended = new AbortController();
      const events = inner
        .watch(resource, { ...options, signal: AbortSignal.any([options.signal, ended.signal]) })
        [Symbol.asyncIterator]();
      try {
        let next = events.next();
        for (;;) {
          const outcome = await Promise.race([next, changed.promise]);
          if (outcome === undefined) {
            // The line has changed; a silent one holds back what comes until it is heard again.
            await heard(options.signal);
            if (isRefused()) throw refusal();
            continue;
          }
          if (outcome.done === true) return;
          next = events.next();
          yield outcome.value;
        }
      } finally {
        ended.abort();
      }
    },
  };
  const isRefused = () => line === 'refused';
  const heard = async (signal: AbortSignal) => {
    while (line === 'silent' && !signal.aborted) {
      const stopped = Promise.withResolvers<undefined>();
      const onAbort = () => {
        stopped.resolve(undefined);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      await Promise.race([changed.promise, stopped.promise]);
      signal.removeEventListener('abort', onAbort);
    }
  };
  return {
    client,
    get calls() {
      return calls;
    },
    writes,
    watched,
    withoutApply: () => {
      applies = false;
    },
    set: (next) => {
      line = next;
      const before = changed;
      changed = Promise.withResolvers();
      before.resolve(undefined);
    },
  };
}
