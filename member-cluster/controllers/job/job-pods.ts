import { hasFinalizer, parseTime } from '../../../src/apimachinery/index.ts';
import type { Job, JobSpec, Pod } from '../../../src/apis/index.ts';
import { podCondition } from '../../pods/index.ts';

/** On every pod of a Job until the Job's status has counted how it ended. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';
/** Annotation and label of the pods of an Indexed Job. */
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';

export const isTracked = (pod: Pod): boolean => hasFinalizer(pod, TRACKING);

/** Somebody else's controller takes care of it. */
export function isManagedElsewhere({ spec }: Job): boolean {
  return spec?.managedBy !== undefined && spec.managedBy !== 'kubernetes.io/job-controller';
}

/** A pod that is on its way out is not replaced before it is known how it ended. */
export function replacesOnlyFailed({ podReplacementPolicy, podFailurePolicy }: JobSpec): boolean {
  return podReplacementPolicy === 'Failed' || podFailurePolicy !== undefined;
}

export function hasSucceeded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded';
}

export function hasFailed(pod: Pod, spec: JobSpec): boolean {
  if (pod.status?.phase === 'Failed') return true;
  if (replacesOnlyFailed(spec)) return false;
  return pod.metadata.deletionTimestamp !== undefined && !hasSucceeded(pod);
}

/** Undefined when the pod has none that a Job of so many completions could have given. */
export function completionIndexOf({ metadata }: Pod, completions: number): number | undefined {
  const text = metadata.annotations?.[COMPLETION_INDEX] ?? '';
  const index = /^\d+$/.test(text) ? Number(text) : Infinity;
  return index < completions ? index : undefined;
}

/** When the last of its containers ended, as well as that is known. */
export function finishedAt(pod: Pod, now: number): number {
  const ends = (pod.status?.containerStatuses ?? []).map(({ state }) => parseTime(state?.terminated?.finishedAt));
  const known = ends.filter((end) => end !== undefined);
  if (known.length > 0 && known.length === ends.length) return Math.max(...known);
  const ready = podCondition(pod, 'Ready');
  const unready = ready?.status === 'False' ? parseTime(ready.lastTransitionTime) : undefined;
  return unready ?? parseTime(pod.metadata.deletionTimestamp) ?? now;
}
