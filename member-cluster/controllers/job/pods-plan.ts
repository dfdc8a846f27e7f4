import type { Pod } from '../../../src/apis/index.ts';
import { podsToDelete } from '../replica-set/deletion-ranking.ts';
import { IndexSet } from './index-set.ts';
import { completionIndexOf, replacesOnlyFailed } from './job-pods.ts';
import type { JobIndexes, JobView } from './job-view.ts';
import { indexBackOffMs } from './per-index.ts';

/** At most so many pods are created or deleted in one go. */
const BURST = 500;

export interface PodsPlan {
  readonly remove: readonly Pod[];
  /** The completion index of each, where pods have one. */
  readonly create: readonly (number | undefined)[];
  /** More may be made then. */
  readonly waitMs?: number;
}

const NOTHING: PodsPlan = { remove: [], create: [] };

/** What brings the pods of a Job that goes on closer to what it asks for. Never both creates and removes. */
export function planPods(view: JobView, backOffMs: number, now: number): PodsPlan {
  const { spec, active, indexes } = view;
  if (spec.suspend === true) return { remove: active.slice(0, BURST), create: [] };
  const wanted = wantedActive(view);
  const remove = podsToRemove(view, Math.max(0, active.length - wanted), now);
  if (remove.length > 0) return { remove: remove.slice(0, BURST), create: [] };

  const leaving = replacesOnlyFailed(spec) ? view.terminating : [];
  const missing = wanted - active.length - leaving.length;
  if (missing <= 0) return NOTHING;
  const count = Math.min(missing, BURST);
  const isPerIndex = spec.backoffLimitPerIndex !== undefined;
  if (!isPerIndex && backOffMs > 0) return { ...NOTHING, waitMs: backOffMs };
  if (indexes === undefined) return { remove: [], create: Array.from({ length: count }, () => undefined) };
  const pending = pendingIndexes(indexes, [...active, ...leaving], count);
  return isPerIndex ? whenDue(pending, indexes, now) : { remove: [], create: pending };
}

function wantedActive({ spec, active, succeeded }: JobView): number {
  const { completions, parallelism = 1 } = spec;
  if (completions !== undefined) return Math.max(0, Math.min(parallelism, completions - succeeded));
  // Any of its pods can tell that the work is done; the others end in their own time.
  return succeeded > 0 ? active.length : parallelism;
}

function podsToRemove({ active, indexes }: JobView, least: number, now: number): readonly Pod[] {
  const misplaced = indexes === undefined ? [] : misplacedPods(active, indexes.completions, now);
  const others = active.filter((pod) => !misplaced.includes(pod));
  return [...misplaced, ...podsToDelete(others, active, least - misplaced.length, now)];
}

/** Those without an index of the Job, and all but the best of those that share one. */
function misplacedPods(active: readonly Pod[], completions: number, now: number): readonly Pod[] {
  const byIndex = Map.groupBy(active, (pod) => completionIndexOf(pod, completions));
  return [...byIndex].flatMap(([index, pods]) =>
    index === undefined ? pods : podsToDelete(pods, active, pods.length - 1, now),
  );
}

function pendingIndexes(
  { completions, succeeded, failed = IndexSet.none }: JobIndexes,
  taken: readonly Pod[],
  count: number,
): readonly number[] {
  const indexes = taken.flatMap((pod) => completionIndexOf(pod, completions) ?? []);
  return succeeded.union(failed).with(indexes).missing(count, completions);
}

/** Each index waits for itself. */
function whenDue(pending: readonly number[], { replaceable }: JobIndexes, now: number): PodsPlan {
  const waits = pending.map((index) => ({ index, waitMs: indexBackOffMs(replaceable.get(index), now) }));
  const later = waits.filter(({ waitMs }) => waitMs > 0).map(({ waitMs }) => waitMs);
  return {
    remove: [],
    create: waits.filter(({ waitMs }) => waitMs === 0).map(({ index }) => index),
    ...(later.length === 0 ? {} : { waitMs: Math.min(...later) }),
  };
}
