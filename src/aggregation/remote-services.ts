import { isConflict, isNotFound, setCondition } from '../apimachinery/index.ts';
import { apiServices, type APIService, type Service } from '../apis/index.ts';
import type { RemoteApis, ResolveService } from '../apiserver/index.ts';
import type { Client } from '../client/index.ts';
import type { Clock, Logger, Runnable } from '../component-base/index.ts';
import { controller, WorkQueue, type Informer, type Lister } from '../controller/index.ts';
import { LOCAL, type Availability } from './availability.ts';
import type { FrontProxy } from './front-proxy.ts';
import { RemoteService } from './remote-service.ts';

export interface RemoteServicesDeps {
  readonly client: Client;
  readonly services: Lister<Service>;
  /** Absent where Services cannot be reached. */
  readonly reach?: {
    readonly resolveService: ResolveService;
    /** Asked for with the first remote API, and again with each look at one: it may be renewed. */
    readonly frontProxy: () => Promise<FrontProxy>;
  };
  readonly apis: RemoteApis;
  readonly apiServices: Informer<APIService>;
  readonly clock: Clock;
  readonly log: Logger;
}

const RECHECK_MS = 30_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;

/** Passes on what APIServices say that others serve, and keeps saying whether those can be used. */
export function remoteServices(deps: RemoteServicesDeps): Runnable {
  const { clock, log } = deps;
  const name = 'api-service-availability';
  const queue = new WorkQueue(clock, { name, maxDelayMs: LONGEST_RETRY_MS });
  const followers = new Followed(deps);
  const worker = controller({
    name,
    queue,
    workers: 4,
    clock,
    log,
    reconcile: (key, signal) => followers.follow(key, signal),
  });
  return {
    name,
    async run(signal, ready) {
      const remove = deps.apiServices.onEvent(({ key }) => {
        queue.add(key);
      });
      await worker.run(signal, ready);
      remove();
    },
  };
}

class Followed {
  readonly #deps: RemoteServicesDeps;
  readonly #remote = new Map<string, RemoteService>();
  readonly #waits = new Map<string, number>();

  constructor(deps: RemoteServicesDeps) {
    this.#deps = deps;
  }

  async follow(key: string, signal: AbortSignal): Promise<{ readonly requeueAfterMs?: number }> {
    const object = this.#deps.apiServices.lister.get(key);
    if (object?.spec?.service === undefined) {
      if (this.#remote.delete(key)) this.#publish();
      if (object !== undefined) await this.#report(object, LOCAL, signal);
      return {};
    }
    const remote = await this.#remoteOf(key, object);
    const availability = await remote.check(signal);
    await this.#report(object, availability, signal);
    if (availability.status === 'True') {
      this.#waits.delete(key);
      await remote.describe(signal);
      return { requeueAfterMs: RECHECK_MS };
    }
    const requeueAfterMs = this.#waits.get(key) ?? FIRST_RETRY_MS;
    this.#waits.set(key, Math.min(2 * requeueAfterMs, LONGEST_RETRY_MS));
    return { requeueAfterMs };
  }

  async #remoteOf(key: string, object: APIService): Promise<RemoteService> {
    const { services, reach, clock, log } = this.#deps;
    const present = this.#remote.get(key);
    if (present !== undefined) {
      present.take(object);
      if (reach !== undefined) present.show(await reach.frontProxy());
      return present;
    }
    const remote = new RemoteService(object.spec ?? { groupPriorityMinimum: 0, versionPriority: 0 }, {
      services,
      clock,
      log,
      ...(reach === undefined ? {} : { resolveService: reach.resolveService, frontProxy: await reach.frontProxy() }),
    });
    this.#remote.set(key, remote);
    this.#publish();
    return remote;
  }

  #publish(): void {
    const all = [...this.#remote.values()].sort(({ priority: [a, b] }, { priority: [c, d] }) => c - a || d - b);
    this.#deps.apis.set(all);
  }

  async #report(object: APIService, availability: Availability, signal: AbortSignal): Promise<void> {
    const { client, clock } = this.#deps;
    const before = object.status?.conditions;
    const conditions = setCondition(before, { type: 'Available', ...availability }, clock.now());
    if (conditions === before) return;
    try {
      await client.updateStatus(apiServices, { ...object, status: { ...object.status, conditions } }, { signal });
    } catch (err) {
      if (!isConflict(err) && !isNotFound(err)) throw err;
    }
  }
}
