import type { Pod, StatefulSet } from '../../../src/apis/index.ts';
import { nameOf } from '../ownership.ts';

/** The place of a pod among those of the set, which its name ends with; undefined for a pod of another name. */
export function ordinalOf(set: StatefulSet, pod: Pod): number | undefined {
  const [, parent, digits] = /^(.*)-(\d+)$/.exec(nameOf(pod)) ?? [];
  return parent === nameOf(set) ? Number(digits) : undefined;
}

export const podName = (set: StatefulSet, ordinal: number): string => `${nameOf(set)}-${ordinal}`;

export const firstOrdinal = ({ spec }: StatefulSet): number => spec?.ordinals?.start ?? 0;

/** Whether the set is so large that it has a pod of this place. */
export function isWithin(set: StatefulSet, ordinal: number): boolean {
  const first = firstOrdinal(set);
  return ordinal >= first && ordinal < first + (set.spec?.replicas ?? 1);
}
