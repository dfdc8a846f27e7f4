import { regionLabels, zoneLabels } from '../apis/index.ts';
import type { KubeObject } from '../../src/apimachinery/index.ts';

export interface Topology {
  readonly zones: readonly string[];
  readonly region?: string;
}

/**
 * Where a cluster's nodes are, by today's labels or the beta ones. A cluster is in one region: the one most nodes
 * name, and among equals the first by name. `undefined` when no node says anything.
 */
export function topologyOf(nodes: readonly Pick<KubeObject, 'metadata'>[]): Topology | undefined {
  const zones = new Set<string>();
  const regions = new Map<string, number>();
  for (const { metadata } of nodes) {
    const zone = firstLabel(metadata.labels, zoneLabels);
    const region = firstLabel(metadata.labels, regionLabels);
    if (zone !== undefined) zones.add(zone);
    if (region !== undefined) regions.set(region, (regions.get(region) ?? 0) + 1);
  }
  const [region] = [...regions].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0] ?? [];
  if (zones.size === 0 && region === undefined) return undefined;
  return { zones: [...zones].sort(), ...(region === undefined ? {} : { region }) };
}

function firstLabel(labels: KubeObject['metadata']['labels'], names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = labels?.[name];
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}
