import { keyOf } from '../../src/apimachinery/index.ts';
import type { Service } from '../../src/apis/index.ts';
import type { Informer } from '../../src/controller/index.ts';
import { annotations } from '../apis/index.ts';
import { addressesOf, parseServiceIngresses } from './service-ingresses.ts';
import { takesClients, type ShardHealth } from './shard-health.ts';

/** Where clients of Services may go. */
export type Shards = Pick<ShardHealth, 'reachable' | 'onChange'>;

/** By what whoever looks at the members has written on the Services; without a look of our own. */
export function toldShards(services: Informer<Service>): Shards {
  return {
    reachable: (service) => {
      if (!takesClients(service)) return [];
      const told = parseServiceIngresses(service.metadata.annotations?.[annotations.serviceIngresses]);
      return told.flatMap(({ cluster, items }) => {
        const addresses = addressesOf(items);
        return addresses.length === 0 ? [] : [{ cluster, addresses }];
      });
    },
    onChange: (handler) =>
      services.onEvent(({ object }) => {
        handler(keyOf(object));
      }),
  };
}
