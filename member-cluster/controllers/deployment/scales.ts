import type { ReplicaSet } from '../../../src/apis/index.ts';
import { nameOf } from '../ownership.ts';

/** Change a ReplicaSet to so many replicas. */
export interface Scale {
  readonly replicaSet: ReplicaSet;
  readonly replicas: number;
}

/** The ReplicaSets of a Deployment, told apart by its template. */
export interface Generations {
  /** That of the present template, when there is one already. */
  readonly current?: ReplicaSet;
  /** All others. */
  readonly old: readonly ReplicaSet[];
}

export const replicasOf = ({ spec }: ReplicaSet): number => spec?.replicas ?? 1;

export const availableOf = ({ status }: ReplicaSet): number => status?.availableReplicas ?? 0;

export function total(replicaSets: readonly ReplicaSet[], count: (replicaSet: ReplicaSet) => number): number {
  return replicaSets.reduce((sum, replicaSet) => sum + count(replicaSet), 0);
}

export const all = ({ current, old }: Generations): readonly ReplicaSet[] =>
  current === undefined ? old : [...old, current];

/** Oldest first, by name where they are of the same second. */
export function byAge(a: ReplicaSet, b: ReplicaSet): number {
  const [bornA, bornB] = [a, b].map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? ''));
  if (bornA !== undefined && bornB !== undefined && bornA !== bornB) return bornA - bornB;
  return nameOf(a) < nameOf(b) ? -1 : 1;
}
