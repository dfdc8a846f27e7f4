import type { JobStatus, Pod } from '../../../src/apis/index.ts';
import { uidOf } from '../ownership.ts';
import { failureMeaning } from './failure-policy.ts';
import { completionIndexOf, hasFailed, hasSucceeded } from './job-pods.ts';
import type { JobIndexes, JobView } from './job-view.ts';
import type { Verdict } from './verdict.ts';

/** The status names no more pods than this at once: their uids are some 20 KB then. */
const MOST_UNCOUNTED = 500;

export interface Account {
  /** To be written before the finalizers of `release` are taken away, so that no pod is lost or counted twice. */
  readonly status: JobStatus;
  readonly release: readonly Pod[];
  /** False: there are more than one status can name. */
  readonly isWhole: boolean;
}

/**
 * Counts the pods that have ended, or that end with the Job: first the status names them, then they lose their
 * finalizer, then they are in its numbers (see `settled`).
 */
export function account(view: JobView, before: JobStatus, verdict: Verdict | undefined): Account {
  const { tracked } = view;
  const { succeeded = [], failed = [] } = before.uncountedTerminatedPods ?? {};
  const named = { succeeded: [...succeeded], failed: [...failed], index: 0 };
  const release: Pod[] = [];
  for (const pod of inOrder(view)) {
    if (!mayBeReleased(pod, view, verdict)) continue;
    release.push(pod);
    const entry = entryOf(pod, view, verdict);
    if (entry === 'index') named.index += 1;
    else if (entry !== undefined) named[entry].push(uidOf(pod));
    if (named.index + named.succeeded.length + named.failed.length >= MOST_UNCOUNTED) break;
  }
  const status = { ...withIndexCounts(before, view), uncountedTerminatedPods: uncountedPods(named) };
  // All are let go when there is a verdict, and only then anybody asks.
  const isWhole = release.length === tracked.length;
  return { status, release, isWhole };
}

/** How a pod that is let go of gets into the status; not at all when it is there or of no matter. */
function entryOf(pod: Pod, view: JobView, verdict: Verdict | undefined): 'succeeded' | 'failed' | 'index' | undefined {
  const { indexes, uncounted } = view;
  const uid = uidOf(pod);
  if (uncounted.failed.has(uid)) return undefined;
  if (!hasSucceeded(pod)) return countsAsFailed(pod, view, verdict) ? 'failed' : undefined;
  // An index is never counted twice: there is no need for the uid.
  if (indexes !== undefined) return isNewIndex(pod, indexes) ? 'index' : undefined;
  return uncounted.succeeded.has(uid) ? undefined : 'succeeded';
}

function uncountedPods({
  succeeded,
  failed,
}: {
  readonly succeeded: readonly string[];
  readonly failed: readonly string[];
}) {
  return { ...(succeeded.length === 0 ? {} : { succeeded }), ...(failed.length === 0 ? {} : { failed }) };
}

/** Takes the pods that have lost their finalizer into the numbers. `tracked`: uids of those that have it still. */
export function settled(status: JobStatus, tracked: ReadonlySet<string>): JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const [waiting, lost] = [succeeded.filter((uid) => tracked.has(uid)), failed.filter((uid) => tracked.has(uid))];
  return {
    ...status,
    ...positive('succeeded', (status.succeeded ?? 0) + succeeded.length - waiting.length),
    ...positive('failed', (status.failed ?? 0) + failed.length - lost.length),
    uncountedTerminatedPods: uncountedPods({ succeeded: waiting, failed: lost }),
  };
}

/** Nothing is said of none. */
export function positive(name: 'active' | 'succeeded' | 'failed', count: number): JobStatus {
  return count === 0 ? {} : { [name]: count };
}

function inOrder({ tracked, indexes }: JobView): readonly Pod[] {
  if (indexes === undefined) return tracked;
  const rank = (pod: Pod) => completionIndexOf(pod, indexes.completions) ?? -1;
  return tracked.toSorted((a, b) => rank(a) - rank(b));
}

function mayBeReleased(pod: Pod, { job, spec, indexes }: JobView, verdict: Verdict | undefined): boolean {
  if (job.metadata.deletionTimestamp !== undefined || verdict !== undefined || hasSucceeded(pod)) return true;
  if (!hasFailed(pod, spec)) return false;
  // The pod that replaces it must be told first how often its index has failed.
  const index = indexes && completionIndexOf(pod, indexes.completions);
  return index === undefined || indexes?.replaceable.get(index)?.metadata.uid !== pod.metadata.uid;
}

function isNewIndex(pod: Pod, { completions, counted }: JobIndexes): boolean {
  const index = completionIndexOf(pod, completions);
  return index !== undefined && !counted.has(index);
}

/** When the Job has failed, all who have not ended yet have failed with it. */
function countsAsFailed(pod: Pod, { spec, indexes }: JobView, verdict: Verdict | undefined): boolean {
  if (!hasFailed(pod, spec) && verdict?.type !== 'FailureTarget') return false;
  if (indexes !== undefined && completionIndexOf(pod, indexes.completions) === undefined) return false;
  return failureMeaning(pod, spec.podFailurePolicy?.rules).isCounted;
}

/** What is counted by index is counted anew: there may be fewer indexes than there were. */
function withIndexCounts(before: JobStatus, { indexes }: JobView): JobStatus {
  if (indexes === undefined) return before;
  const { succeeded: _succeeded, completedIndexes: _completed, ...rest } = before;
  const { succeeded, failed } = indexes;
  return {
    ...rest,
    ...positive('succeeded', succeeded.size),
    ...(succeeded.size === 0 ? {} : { completedIndexes: succeeded.toString() }),
    ...(failed === undefined ? {} : { failedIndexes: failed.toString() }),
  };
}
