import type { ClusterStatus } from '../apis/index.ts';

/** What is measured varies: only what is further off than this is worth to be written. */
const SLACK = 0.25;
const SLACK_MS = 3;

/** What is told of the distances of a cluster after what was told before and what is measured now. */
export function distancesAfter(
  before: ClusterStatus['distances'] = [],
  measured: Readonly<Record<string, number>> | undefined,
): Pick<ClusterStatus, 'distances'> {
  if (measured === undefined) return before.length === 0 ? {} : { distances: before };
  const told = new Map(before.map(({ cluster, milliseconds }) => [cluster, milliseconds]));
  const distances = Object.entries(measured)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([cluster, ms]) => {
      const old = told.get(cluster);
      const isSame = old !== undefined && Math.abs(ms - old) <= Math.max(SLACK_MS, old * SLACK);
      return { cluster, milliseconds: isSame ? old : Math.round(ms) };
    });
  return distances.length === 0 ? {} : { distances };
}
