import type { JobSpec, Pod } from '../../../src/apis/index.ts';
import { backOffMs } from './back-off.ts';
import { failureMeaning } from './failure-policy.ts';
import { finishedAt } from './job-pods.ts';

/** How often the index of a pod had failed before the pod was made, counted and not counted failures apart. */
const FAILURE_COUNT = 'batch.kubernetes.io/job-index-failure-count';
const IGNORED_FAILURE_COUNT = 'batch.kubernetes.io/job-index-ignored-failure-count';

const countOf = ({ metadata }: Pod, annotation: string) => Number(metadata.annotations?.[annotation] ?? 0) || 0;

const allFailures = (pod: Pod) => countOf(pod, FAILURE_COUNT) + countOf(pod, IGNORED_FAILURE_COUNT);

/** A failed pod was the last try of its index. */
export function endsIndex(pod: Pod, { backoffLimitPerIndex = 0, podFailurePolicy }: JobSpec): boolean {
  const { isCounted, failsIndex } = failureMeaning(pod, podFailurePolicy?.rules);
  return failsIndex || (isCounted && countOf(pod, FAILURE_COUNT) >= backoffLimitPerIndex);
}

/** Of two failed pods of one index the later: its successor counts on from it. */
export function laterOf(a: Pod, b: Pod, now: number): Pod {
  const isLater = allFailures(a) <= allFailures(b) && finishedAt(b, now) >= finishedAt(a, now);
  return isLater ? b : a;
}

/** Until the pod that is to replace this one may be made. */
export function indexBackOffMs(failed: Pod | undefined, now: number): number {
  if (failed === undefined) return 0;
  return backOffMs({ failures: allFailures(failed) + 1, lastAt: finishedAt(failed, now) }, now);
}

/** What the pod that replaces `failed`, or is the first of its index, is told. */
export function failureCounts(
  failed: Pod | undefined,
  { podFailurePolicy }: JobSpec,
): Readonly<Record<string, string>> {
  if (failed === undefined) return { [FAILURE_COUNT]: '0' };
  const { isCounted } = failureMeaning(failed, podFailurePolicy?.rules);
  const ignored = countOf(failed, IGNORED_FAILURE_COUNT) + (isCounted ? 0 : 1);
  return {
    [FAILURE_COUNT]: String(countOf(failed, FAILURE_COUNT) + (isCounted ? 1 : 0)),
    ...(ignored === 0 ? {} : { [IGNORED_FAILURE_COUNT]: String(ignored) }),
  };
}
