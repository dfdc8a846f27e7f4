import { findCondition, isConditionTrue, setCondition } from '../../../src/apimachinery/index.ts';
import type { CronJob, Job } from '../../../src/apis/index.ts';
import type { MemberCopy, StatusContext } from '../federated-type.ts';
import { recordOf } from '../placing-record.ts';
import { earliest, latest, nonZero, present, sumOf, withStatus } from './aggregation.ts';

type JobStatus = NonNullable<Job['status']>;
type JobConditions = NonNullable<JobStatus['conditions']>;

const counts = { active: 0, ready: 0, succeeded: 0, failed: 0, terminating: 0 } as const;

/**
 * Complete when every cluster is, failed as soon as one is. A Job that is complete stays so, whatever becomes of its
 * copies: they may be gone before it.
 */
export function jobStatus(object: Job, all: readonly MemberCopy<Job>[], context: StatusContext): Job {
  if (isConditionTrue(object.status?.conditions, 'Complete')) return object;
  const { done = {} } = recordOf(object) ?? {};
  // One that was made after its cluster had done its part counts for nothing.
  const copies = all.filter(({ cluster, object: copy }) => done[cluster] === undefined || isComplete(copy));
  const conditions = conditionsOf(object, copies, context);
  const statuses = copies.map((copy) => copy.object.status ?? {});
  const sum = sumOf<keyof typeof counts>(copies);
  const gone = doneAndGone(object, copies);
  const before = gone.reduce((total, count) => total + count, 0);
  return withStatus(object, {
    ...nonZero(counts, (field) => sum(field) + (field === 'succeeded' ? before : 0)),
    ...(conditions.length === 0 ? {} : { conditions }),
    ...present({
      startTime: earliest([object.status?.startTime, ...statuses.map(({ startTime }) => startTime)]),
      completionTime: isConditionTrue(conditions, 'Complete')
        ? latest(statuses.map(({ completionTime }) => completionTime))
        : undefined,
    }),
  });
}

/** What succeeded in clusters whose copies are there no longer. */
function doneAndGone(object: Job, copies: readonly MemberCopy<Job>[]): readonly number[] {
  const there = new Set(copies.map(({ cluster }) => cluster));
  return Object.entries(recordOf(object)?.done ?? {}).flatMap(([name, count]) => (there.has(name) ? [] : count));
}

const isComplete = ({ status }: Job) => isConditionTrue(status?.conditions, 'Complete');

function conditionsOf(
  object: Job,
  copies: readonly MemberCopy<Job>[],
  { isSettled, now }: StatusContext,
): JobConditions {
  const conditions = object.status?.conditions ?? [];
  if (isConditionTrue(conditions, 'Failed')) return conditions;
  const those = (type: string) => copies.filter((copy) => isConditionTrue(copy.object.status?.conditions, type));
  const isAll = (type: string) => isSettled && copies.length > 0 && those(type).length === copies.length;
  const isDone = isSettled && copies.every((copy) => isComplete(copy.object));
  const isSomewhere = copies.length > 0 || doneAndGone(object, copies).length > 0;

  const suspended = withSuspended(conditions, isAll('Suspended'), now);
  const failed = those('Failed').map(({ cluster }) => cluster);
  if (failed.length > 0) {
    const message = `Failed in ${failed.sort().join(', ')}.`;
    return setCondition(suspended, { type: 'Failed', status: 'True', reason: 'FailedInClusters', message }, now);
  }
  if (!isDone || !isSomewhere) return suspended;
  const message = 'Complete in every cluster.';
  return setCondition(suspended, { type: 'Complete', status: 'True', reason: 'CompleteInClusters', message }, now);
}

function withSuspended(conditions: JobConditions, isSuspended: boolean, now: number): JobConditions {
  if (!isSuspended && findCondition(conditions, 'Suspended') === undefined) return conditions;
  return setCondition(
    conditions,
    isSuspended
      ? { type: 'Suspended', status: 'True', reason: 'SuspendedInClusters', message: 'Suspended in every cluster.' }
      : { type: 'Suspended', status: 'False', reason: 'ResumedInClusters', message: 'Not suspended in every cluster.' },
    now,
  );
}

/** The Jobs that are active are objects of the members; the federation has no references to them. */
export function cronJobStatus(object: CronJob, copies: readonly MemberCopy<CronJob>[]): CronJob {
  const statuses = copies.map((copy) => copy.object.status ?? {});
  return withStatus(
    object,
    present({
      lastScheduleTime: latest(statuses.map(({ lastScheduleTime }) => lastScheduleTime)),
      lastSuccessfulTime: latest(statuses.map(({ lastSuccessfulTime }) => lastSuccessfulTime)),
    }),
  );
}
