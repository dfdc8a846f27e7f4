import type { Cluster } from '../apis/index.ts';
import { affinityMiss } from './cluster-affinity.ts';

export interface OrdinalRequest {
  /** Where the numbers of the whole set begin. */
  readonly base: number;
  /** The first number of each cluster that has been given one, and how many pods it has now. */
  readonly given: ReadonlyMap<string, { readonly start: number; readonly replicas: number }>;
  /** Clusters that need one. The first of them gets the base, if nobody has it. */
  readonly wanting: readonly string[];
  /** How many pods clusters are to have. */
  readonly planned: ReadonlyMap<string, number>;
  /** In all clusters together: each shall have room for as many. */
  readonly total: number;
}

/** Apart by so many at least, so that every cluster can grow without meeting the next one. */
const LEAST_ROOM = 100;

/**
 * The number of the first pod in each cluster. Once given it stays: pods that have data are told by their number. No
 * number is given to two clusters as long as none outgrows its room (`ordinalLimits`).
 */
export function ordinalStarts({ base, given, wanting, planned, total }: OrdinalRequest): ReadonlyMap<string, number> {
  const starts = new Map([...given].map(([name, { start }]) => [name, start]));
  const room = Math.max(LEAST_ROOM, 10 ** Math.ceil(Math.log10(Math.max(1, total))));
  for (const name of wanting) {
    if (starts.has(name)) continue;
    const sizeOf = (other: string) => Math.max(1, given.get(other)?.replicas ?? 0, planned.get(other) ?? 0);
    const ends = [...starts].map(([other, start]) => start + sizeOf(other));
    starts.set(name, ends.length === 0 ? base : base + room * Math.ceil((Math.max(...ends, base + 1) - base) / room));
  }
  return starts;
}

/** Older ones lose `spec.ordinals`, and number pods from 0 (Kubernetes 1.27). One whose version nobody knows may be such. */
export function canBeginAnywhere(cluster: Cluster): boolean {
  const requirement = { key: 'version', operator: 'Gt', values: ['1.26'] };
  return affinityMiss({ fieldSelector: { matchExpressions: [requirement] } }, cluster) === undefined;
}

/** How many pods each cluster may have before it would meet the numbers of another. */
export function ordinalLimits(starts: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const [name, start] of starts) {
    const next = Math.min(...[...starts.values()].filter((other) => other > start));
    if (next !== Infinity) limits.set(name, next - start);
  }
  return limits;
}
