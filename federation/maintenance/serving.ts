import { keyOf } from '../../src/apimachinery/index.ts';
import { services, type Service } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { annotations, clusters, isReady } from '../apis/index.ts';
import { parseServiceIngresses } from '../service/index.ts';

export interface Serving {
  /** Services whose clients are sent to the cluster. */
  readonly named: readonly string[];
  /** Those of them that nobody else serves. */
  readonly alone: readonly string[];
  /** The longest that an answer which names it may be kept. */
  readonly ttlSeconds: number;
}

/** What clients are sent to the cluster for, as the federation has published it. */
export async function servingOf(
  federation: Client,
  cluster: string,
  defaultTtlSeconds: number,
  signal: AbortSignal,
): Promise<Serving> {
  const { items } = await federation.list(services, { signal });
  const published = items.map((service) => ({ service, serving: clustersServing(service) }));
  const named = published.filter(({ serving }) => serving.includes(cluster));
  return {
    named: named.map(({ service }) => keyOf(service)),
    alone: named.filter(({ serving }) => serving.length === 1).map(({ service }) => keyOf(service)),
    ttlSeconds: Math.max(0, ...named.map(({ service }) => ttlOf(service, defaultTtlSeconds))),
  };
}

function clustersServing({ metadata }: Service): readonly string[] {
  const entries = parseServiceIngresses(metadata.annotations?.[annotations.serviceIngresses]);
  return entries.filter(({ items }) => items.length > 0).map(({ cluster }) => cluster);
}

function ttlOf({ metadata }: Service, byDefault: number): number {
  const own = Number(metadata.annotations?.[annotations.dnsTtl]);
  return Number.isInteger(own) && own > 0 ? own : byDefault;
}

/** Whether any other cluster could take what leaves this one. */
export async function hasOtherCluster(federation: Client, name: string, signal: AbortSignal): Promise<boolean> {
  const { items } = await federation.list(clusters, { signal });
  return items.some(
    (cluster) => cluster.metadata.name !== name && isReady(cluster) && cluster.spec?.unschedulable !== true,
  );
}
