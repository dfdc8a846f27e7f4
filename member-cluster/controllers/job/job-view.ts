import type { Job, JobSpec, Pod } from '../../../src/apis/index.ts';
import { isActive, isTerminal } from '../../pods/index.ts';
import { uidOf } from '../ownership.ts';
import { failureMeaning } from './failure-policy.ts';
import { IndexSet } from './index-set.ts';
import { completionIndexOf, hasFailed, hasSucceeded, isTracked } from './job-pods.ts';
import { endsIndex, laterOf } from './per-index.ts';

/** A Job with its pods at one moment. */
export interface JobView {
  readonly job: Job;
  readonly spec: JobSpec;
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  /** Asked to go, and not at their end yet. */
  readonly terminating: readonly Pod[];
  /** Still to be counted, or just being counted: they have the finalizer. */
  readonly tracked: readonly Pod[];
  /** Of those that the status does not speak of yet. */
  readonly newlySucceeded: readonly Pod[];
  readonly newlyFailed: readonly Pod[];
  readonly uncounted: { readonly succeeded: ReadonlySet<string>; readonly failed: ReadonlySet<string> };
  readonly succeeded: number;
  readonly failed: number;
  /** Of an Indexed Job. */
  readonly indexes: JobIndexes | undefined;
}

export interface JobIndexes {
  readonly completions: number;
  /** Those that the status names. */
  readonly counted: IndexSet;
  readonly succeeded: IndexSet;
  /** Where each index has tries of its own. */
  readonly failed: IndexSet | undefined;
  /** The last failed pod of an index that is to be tried again: it stays until its successor has its counts. */
  readonly replaceable: ReadonlyMap<number, Pod>;
}

export function viewOf(job: Job, spec: JobSpec, pods: readonly Pod[], { removing, now }: Seen): JobView {
  const { status = {} } = job;
  const tracked = pods.filter((pod) => isTracked(pod) && !removing.has(uidOf(pod)));
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const uncounted = { succeeded: new Set(succeeded), failed: new Set(failed) };
  const completions = spec.completionMode === 'Indexed' ? (spec.completions ?? 0) : undefined;
  const valid = tracked.filter((pod) => completions === undefined || completionIndexOf(pod, completions) !== undefined);
  const newlySucceeded = valid.filter((pod) => hasSucceeded(pod) && !uncounted.succeeded.has(uidOf(pod)));
  const newlyFailed = valid.filter((pod) => hasFailed(pod, spec) && !uncounted.failed.has(uidOf(pod)));
  const failures = newlyFailed.filter((pod) => failureMeaning(pod, spec.podFailurePolicy?.rules).isCounted);
  const indexes = completions === undefined ? undefined : indexesOf({ job, spec, pods, valid, completions }, now);
  const succeededPods = (status.succeeded ?? 0) + newlySucceeded.length + uncounted.succeeded.size;
  return {
    job,
    spec,
    pods,
    active: pods.filter(isActive),
    terminating: pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isTerminal(pod)),
    tracked,
    newlySucceeded,
    newlyFailed,
    uncounted,
    succeeded: indexes?.succeeded.size ?? succeededPods,
    failed: (status.failed ?? 0) + failures.length + uncounted.failed.size,
    indexes,
  };
}

export interface Seen {
  /** Uids of pods whose finalizer is being taken away. */
  readonly removing: ReadonlySet<string>;
  readonly now: number;
}

interface Indexed {
  readonly job: Job;
  readonly spec: JobSpec;
  readonly pods: readonly Pod[];
  readonly valid: readonly Pod[];
  readonly completions: number;
}

function indexesOf({ job, spec, pods, valid, completions }: Indexed, now: number): JobIndexes {
  const indexed = (some: readonly Pod[]) =>
    some.flatMap((pod) => {
      const index = completionIndexOf(pod, completions);
      return index === undefined ? [] : [{ index, pod }];
    });
  const indexesIn = (some: readonly Pod[]) => indexed(some).map(({ index }) => index);
  const counted = IndexSet.parse(job.status?.completedIndexes ?? '', completions);
  const succeeded = counted.with(indexesIn(pods.filter((pod) => isTracked(pod) && hasSucceeded(pod))));
  if (spec.backoffLimitPerIndex === undefined) {
    return { completions, counted, succeeded, failed: undefined, replaceable: new Map() };
  }
  const failures = pods.filter((pod) => hasFailed(pod, spec) && endsIndex(pod, spec));
  const failed = IndexSet.parse(job.status?.failedIndexes ?? '', completions).with(indexesIn(failures));
  const replaceable = new Map<number, Pod>();
  for (const { index, pod } of indexed(valid.filter((each) => hasFailed(each, spec)))) {
    if (failed.has(index) || succeeded.has(index)) continue;
    replaceable.set(index, laterOf(replaceable.get(index) ?? pod, pod, now));
  }
  return { completions, counted, succeeded, failed, replaceable };
}
