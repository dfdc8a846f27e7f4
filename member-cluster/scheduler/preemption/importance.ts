import type { PodInfo } from '../pod-info.ts';

/** The more important of two pods first: by priority, and then who runs for longer. */
export function byImportance(a: PodInfo, b: PodInfo): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  const [startedA, startedB] = [startOf(a), startOf(b)];
  return startedA === startedB ? 0 : startedA - startedB;
}

/** Milliseconds since the epoch; of a pod that has not begun it is always still to come. */
export function startOf({ pod }: PodInfo): number {
  const { startTime } = pod.status ?? {};
  return startTime === undefined ? Infinity : Date.parse(startTime);
}
