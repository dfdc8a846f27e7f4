import type { ReplicaSet } from '../../../src/apis/index.ts';
import { revisionOf } from './annotations.ts';
import { replicasOf } from './scales.ts';

/** Old ReplicaSets beyond the history limit, oldest revision first; only such as are empty and settled. */
export function obsolete(old: readonly ReplicaSet[], limit: number | undefined): readonly ReplicaSet[] {
  if (limit === undefined || limit === 2 ** 31 - 1) return [];
  const alive = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return alive
    .toSorted((a, b) => Number(revisionOf(a) - revisionOf(b)))
    .slice(0, Math.max(0, alive.length - limit))
    .filter((replicaSet) => replicasOf(replicaSet) === 0 && isSettled(replicaSet));
}

function isSettled({ metadata, status }: ReplicaSet): boolean {
  return (status?.replicas ?? 0) === 0 && (metadata.generation ?? 0) <= (status?.observedGeneration ?? 0);
}
