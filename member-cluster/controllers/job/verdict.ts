import { findCondition, parseTime } from '../../../src/apimachinery/index.ts';
import type { Job, JobCondition } from '../../../src/apis/index.ts';
import { failureMeaning } from './failure-policy.ts';
import { IndexSet } from './index-set.ts';
import { hasFailed } from './job-pods.ts';
import type { JobView } from './job-view.ts';

/** How a Job will end: said before its pods are, and the last word when nothing of them is left to be counted. */
export interface Verdict {
  readonly type: 'FailureTarget' | 'SuccessCriteriaMet';
  readonly reason: string;
  readonly message: string;
}

export const completionsReached: Verdict = {
  type: 'SuccessCriteriaMet',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
};

/** The verdict that was passed earlier, or is due now. */
export function verdictOf(view: JobView, now: number): Verdict | undefined {
  return passedVerdict(view.job) ?? policyVerdict(view) ?? limitVerdict(view, now) ?? indexVerdict(view);
}

/** Milliseconds until the Job has been active for too long. */
export function deadlineMs({ spec, job }: JobView, now: number): number | undefined {
  if (spec.activeDeadlineSeconds === undefined || spec.suspend === true) return undefined;
  return (parseTime(job.status?.startTime) ?? now) + spec.activeDeadlineSeconds * 1000 - now;
}

function passedVerdict({ status }: Job): Verdict | undefined {
  for (const type of ['SuccessCriteriaMet', 'FailureTarget'] as const) {
    const condition: JobCondition | undefined = findCondition(status?.conditions, type);
    if (condition?.status !== 'True') continue;
    return { type, reason: condition.reason ?? '', message: condition.message ?? '' };
  }
  return undefined;
}

const failure = (reason: string, message: string): Verdict => ({ type: 'FailureTarget', reason, message });

function policyVerdict({ spec, pods }: JobView): Verdict | undefined {
  const rules = spec.podFailurePolicy?.rules;
  if (rules === undefined) return undefined;
  for (const pod of pods) {
    const { jobFailure } = hasFailed(pod, spec) ? failureMeaning(pod, rules) : {};
    if (jobFailure !== undefined) return failure('PodFailurePolicy', jobFailure);
  }
  return undefined;
}

function limitVerdict(view: JobView, now: number): Verdict | undefined {
  const limit = view.spec.backoffLimit ?? 6;
  if (view.failed > limit || hasRestartedTooOften(view, limit)) {
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  }
  if ((deadlineMs(view, now) ?? Infinity) > 0) return undefined;
  return failure('DeadlineExceeded', 'Job was active longer than specified deadline');
}

/** Where containers are started again in their pods, that is a try as well. */
function hasRestartedTooOften({ spec, pods }: JobView, limit: number): boolean {
  if (spec.template.spec?.restartPolicy !== 'OnFailure') return false;
  const restarts = pods
    .filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

function indexVerdict({ spec, indexes }: JobView): Verdict | undefined {
  if (indexes === undefined) return undefined;
  const { completions, succeeded, failed } = indexes;
  const failures = failed?.size ?? 0;
  if (failures > (spec.maxFailedIndexes ?? Infinity)) {
    const message = 'Job has exceeded the specified maximal number of failed indexes';
    return failure('MaxFailedIndexesExceeded', message);
  }
  if (failures > 0 && failures + succeeded.size >= completions)
    return failure('FailedIndexes', 'Job has failed indexes');
  const met = (spec.successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    const required = succeededIndexes === undefined ? undefined : IndexSet.parse(succeededIndexes, completions);
    const done = required === undefined ? succeeded.size : required.overlap(succeeded);
    return done >= (succeededCount ?? required?.size ?? Infinity);
  });
  if (met < 0) return undefined;
  return { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: `Matched rules at index ${met}` };
}
