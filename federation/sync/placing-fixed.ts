import type { KubeObject } from '../../src/apimachinery/index.ts';
import type { Situation } from './placing-situation.ts';

/** How many replicas overrides give to clusters, whatever is divided among the others. */
export function fixedIn<T extends KubeObject>({
  choice,
  clusters,
  overrides,
}: Situation<T>): ReadonlyMap<string, number> {
  const fixed = new Map<string, number>();
  for (const name of choice.groups.flatMap((group) => group.clusters)) {
    const cluster = clusters.get(name);
    const outcome = cluster === undefined ? undefined : overrides.of(cluster);
    if (outcome?.ok === true && outcome.replicas !== undefined) fixed.set(name, outcome.replicas);
  }
  return fixed;
}
