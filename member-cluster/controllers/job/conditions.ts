import { findCondition, formatTime } from '../../../src/apimachinery/index.ts';
import type { Job, JobCondition, JobStatus } from '../../../src/apis/index.ts';
import type { Verdict } from './verdict.ts';

type Reason = Pick<JobCondition, 'type' | 'status' | 'reason' | 'message'>;

/** The status with this condition; the same when it says so already. What never was true is not told to be false. */
function withCondition(status: JobStatus, condition: Reason, now: number): JobStatus {
  const { conditions = [] } = status;
  const old = findCondition(conditions, condition.type);
  if (old === undefined ? condition.status === 'False' : old.status === condition.status) return status;
  const at = formatTime(now);
  const told: JobCondition = { ...condition, lastProbeTime: at, lastTransitionTime: at };
  const others = conditions.filter((each) => each !== old);
  return {
    ...status,
    conditions: old === undefined ? [...others, told] : conditions.map((c) => (c === old ? told : c)),
  };
}

/** With what will become of the Job, as long as there are pods to be counted. */
export function withVerdict(status: JobStatus, { type, reason, message }: Verdict, now: number): JobStatus {
  return withCondition(status, { type, status: 'True', reason, message }, now);
}

/** With what has become of it. */
export function withEnd(status: JobStatus, { type, reason, message }: Verdict, now: number): JobStatus {
  const why = { status: 'True', reason, message };
  if (type === 'FailureTarget') return withCondition(status, { type: 'Failed', ...why }, now);
  return { ...withCondition(status, { type: 'Complete', ...why }, now), completionTime: formatTime(now) };
}

/** With whether it rests. The time it may take begins anew when it goes on. */
export function withSuspension(status: JobStatus, { spec }: Job, now: number): JobStatus {
  if (spec?.suspend === true) {
    const { startTime: _startTime, ...rest } = status;
    const condition = { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' };
    return withCondition(rest, condition, now);
  }
  const condition = { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' };
  const next = withCondition(status, condition, now);
  return next === status ? status : { ...next, startTime: formatTime(now) };
}

export function isSuspended({ conditions }: JobStatus): boolean | undefined {
  const status = findCondition(conditions, 'Suspended')?.status;
  return status === undefined ? undefined : status === 'True';
}
