import { deepEqual, withAnnotation } from '../../src/apimachinery/index.ts';
import type { LoadBalancerIngress, Service } from '../../src/apis/index.ts';
import { annotations } from '../apis/index.ts';
import {
  addressesOf,
  formatServiceIngresses,
  parseServiceIngresses,
  sortIngress,
  type ClusterIngresses,
} from './service-ingresses.ts';
import type { ShardState } from './shard-health.ts';
import { capacityNote, formatShardNotes, parseShardNotes, type ShardNote } from './shard-notes.ts';

/**
 * The federated Service as its shards make it: the addresses of all members in `status`, those of healthy shards by
 * cluster in one annotation, and what is known of each shard in another. The same object when nothing changed.
 */
export function withShardStatus(service: Service, states: ReadonlyMap<string, ShardState>): Service {
  const entries: ClusterIngresses[] = [];
  const ingress: LoadBalancerIngress[] = [];
  let unsettled = false;
  for (const [cluster, state] of states) {
    switch (state.kind) {
      case 'known':
        ingress.push(...state.ingress);
        if (state.ingress.length > 0) entries.push({ cluster, items: state.healthy ? state.ingress : [] });
        break;
      case 'leftOut':
        entries.push({ cluster, items: [] });
        break;
      case 'unsettled':
        unsettled = true;
        if (state.ingress.length > 0) entries.push({ cluster, items: state.ingress });
        break;
    }
  }
  // Which of the old addresses are those of a cluster that has not told yet nobody knows: none goes meanwhile.
  if (unsettled) ingress.push(...(service.status?.loadBalancer?.ingress ?? []));
  return withAddresses(withNotes(withEntries(service, entries), states), sortIngress(ingress));
}

function withNotes(service: Service, states: ReadonlyMap<string, ShardState>): Service {
  const before = service.metadata.annotations?.[annotations.shards];
  if (service.spec?.type !== 'LoadBalancer') {
    return before === undefined ? service : withAnnotation(service, annotations.shards, '{}');
  }
  const noted = parseShardNotes(service);
  const after = formatShardNotes(new Map([...states].map(([name, state]) => [name, noteOf(state, noted.get(name))])));
  const isNews = before !== undefined || states.size > 0;
  return before === after || !isNews ? service : withAnnotation(service, annotations.shards, after);
}

function noteOf(state: ShardState, before: ShardNote | undefined): ShardNote {
  switch (state.kind) {
    case 'unsettled':
      // After a restart all are, and nothing is to be written for that.
      return before ?? { verdict: 'unsettled' };
    case 'leftOut': {
      const seen = addressesOf(state.seen.ingress);
      const addresses = seen.length === 0 ? before?.addresses : seen;
      return { verdict: state.why, ...(addresses === undefined ? {} : { addresses }) };
    }
    case 'known': {
      const { ingress, healthy, endpoints } = state;
      if (ingress.length === 0) return { verdict: 'noAddress' };
      return healthy
        ? { verdict: 'healthy', ...(endpoints === undefined ? {} : capacityNote(endpoints)) }
        : { verdict: 'notReady', addresses: addressesOf(ingress) };
    }
  }
}

function withEntries(service: Service, entries: readonly ClusterIngresses[]): Service {
  const before = service.metadata.annotations?.[annotations.serviceIngresses];
  const after = formatServiceIngresses(entries);
  const same = formatServiceIngresses(parseServiceIngresses(before)) === after;
  const isNews = service.spec?.type === 'LoadBalancer' || before !== undefined;
  return same || !isNews ? service : withAnnotation(service, annotations.serviceIngresses, after);
}

function withAddresses(service: Service, found: readonly LoadBalancerIngress[]): Service {
  const before = service.status?.loadBalancer?.ingress ?? [];
  const ingress = service.spec?.type === 'LoadBalancer' ? found : [];
  // The API server adds how an address is reached, which is the same for all.
  if (deepEqual(sortIngress(before), ingress)) return service;
  return { ...service, status: { ...service.status, loadBalancer: ingress.length === 0 ? {} : { ingress } } };
}
