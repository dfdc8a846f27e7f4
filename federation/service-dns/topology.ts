import type { Cluster } from '../apis/index.ts';
import type { ClusterLocation } from './healthy-shard.ts';

/** Where the clusters of the federation are, as their status says; known also of those out of sight. */
export function locationsOf(clusters: readonly Cluster[]): readonly ClusterLocation[] {
  return clusters.map(({ metadata, status }) => ({
    cluster: metadata.name ?? '',
    zones: status?.zones ?? [],
    ...(status?.region === undefined || status.region === '' ? {} : { region: status.region }),
  }));
}
