import { isConflict, isNotFound, keyOf } from '../../src/apimachinery/index.ts';
import { services as resource, type Service } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock, Logger, Runnable } from '../../src/component-base/index.ts';
import { controller, WorkQueue, type Informer } from '../../src/controller/index.ts';
import { isSystemNamespace } from '../sync/index.ts';
import { withShardStatus } from './service-status.ts';
import { isReached, type ShardHealth } from './shard-health.ts';

export interface ServiceControllerDeps {
  readonly federation: Client;
  readonly services: Informer<Service>;
  readonly shards: ShardHealth;
  readonly clock: Clock;
  readonly log: Logger;
}

const WORKERS = 8;

/** Writes to every federated Service what its shards say. The shards themselves are made by the sync controller. */
export function serviceController(deps: ServiceControllerDeps): Runnable {
  const { federation, services, shards, clock, log } = deps;
  const name = 'federation-service-status-controller';
  const queue = new WorkQueue(clock, { name });
  const worker = controller({
    name,
    queue,
    workers: WORKERS,
    clock,
    log,
    reconcile: async (key, signal) => {
      const service = services.lister.get(key);
      const { namespace, deletionTimestamp } = service?.metadata ?? {};
      if (service === undefined || deletionTimestamp !== undefined || isSystemNamespace(namespace)) return {};
      if (!isReached(service)) return {};
      const next = withShardStatus(service, shards.states(service));
      if (next === service) return {};
      try {
        await federation.updateStatus(resource, next, { signal });
      } catch (err) {
        // Its next version is on the way and brings the key back.
        if (!isConflict(err) && !isNotFound(err)) throw err;
      }
      return {};
    },
  });
  return {
    name,
    async run(signal, ready) {
      const remove = shards.onChange((key) => {
        queue.add(key);
      });
      for (const service of services.lister.list()) queue.add(keyOf(service));
      await worker.run(signal, ready);
      remove();
    },
  };
}
