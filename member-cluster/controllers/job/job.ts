import { deepEqual, formatTime, labelSelectorOf } from '../../../src/apimachinery/index.ts';
import {
  jobEnd,
  jobs as jobResource,
  pods as podResource,
  type Job,
  type JobSpec,
  type JobStatus,
  type Pod,
} from '../../../src/apis/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import type { Key, Lister, Reconciler, ReconcileResult } from '../../../src/controller/index.ts';
import { isActive, isReady, ownOrOrphaned } from '../../pods/index.ts';
import { adopt, release } from '../adoption.ts';
import { claim, uidOf } from '../ownership.ts';
import { account, positive, settled } from './account.ts';
import { backOffMs, FailureRuns } from './back-off.ts';
import { isSuspended, withEnd, withSuspension, withVerdict } from './conditions.ts';
import { isManagedElsewhere, TRACKING } from './job-pods.ts';
import { viewOf, type JobView } from './job-view.ts';
import { createPods, deletePods, dismissPods, releasePods, type PodControlDeps } from './pod-control.ts';
import { planPods } from './pods-plan.ts';
import { completionsReached, deadlineMs, verdictOf, type Verdict } from './verdict.ts';

export interface JobDeps extends PodControlDeps {
  readonly jobs: Lister<Job>;
  /** With `podIndexes`. */
  readonly pods: Lister<Pod>;
  readonly clock: Clock;
}

/** Runs pods until enough of them have succeeded, or too many have failed. */
export function jobReconciler(deps: JobDeps): Reconciler {
  const runs = new FailureRuns();
  return async (key, signal) => {
    const job = deps.jobs.get(key);
    if (job === undefined) {
      deps.expectations.forget(key);
      deps.removals.forget(key);
    }
    if (job?.spec === undefined || isManagedElsewhere(job) || jobEnd(job) !== undefined) {
      runs.forget(key);
      return {};
    }
    return sync({ ...deps, runs, key, job, spec: job.spec, now: deps.clock.now() }, signal);
  };
}

interface Pass extends JobDeps {
  readonly runs: FailureRuns;
  readonly key: Key;
  readonly job: Job;
  readonly spec: JobSpec;
  readonly now: number;
}

async function sync(pass: Pass, signal: AbortSignal): Promise<ReconcileResult> {
  const { key, job, spec, now, runs } = pass;
  const begun = { ...job, status: started(job, now) };
  const isCacheTrue = pass.expectations.satisfied(key);
  const pods = await claimPods(pass, signal);
  const view = viewOf(begun, spec, pods, { removing: pass.removals.of(key), now });
  const run = runs.next(key, { succeeded: view.newlySucceeded, failed: view.newlyFailed }, now);
  const verdict = verdictOf(view, now);
  const step =
    verdict === undefined
      ? await goOn(pass, view, { isCacheTrue, backOffMs: backOffMs(run, now) })
      : await bringToEnd(pass, view, { isCacheTrue, verdict });

  const counted = await count(pass, view, step, signal);
  runs.keep(key, run);
  await conclude(pass, { view, step, counted }, signal);

  if (step.error !== undefined) throw step.error;
  const waits = [step.waitMs, step.verdict === undefined ? deadlineMs(view, now) : undefined];
  const requeueAfterMs = Math.min(...waits.filter((wait) => wait !== undefined));
  return requeueAfterMs === Infinity ? {} : { requeueAfterMs };
}

/** The Job has begun when it was first looked at. */
function started({ status, spec }: Job, now: number): JobStatus {
  const begun = status?.startTime !== undefined || spec?.suspend === true ? {} : { startTime: formatTime(now) };
  return { uncountedTerminatedPods: {}, ...status, ...begun };
}

async function claimPods({ client, pods, job }: Pass, signal: AbortSignal): Promise<readonly Pod[]> {
  const candidates = ownOrOrphaned(pods, uidOf(job), job.metadata.namespace);
  const { owned, orphans, strays } = claim(job, candidates, labelSelectorOf(job.spec?.selector));
  const owner = { resource: jobResource, object: job };
  const adoptable = { resource: podResource, objects: orphans.filter(isActive), finalizer: TRACKING };
  const adopted = await adopt(client, owner, adoptable, signal);
  await release(client, owner, { resource: podResource, objects: strays }, signal);
  return [...owned, ...adopted];
}

/** What was done about the pods, and what is there now. */
interface Step {
  readonly active: number;
  readonly ready: number;
  readonly terminating: number;
  readonly verdict?: Verdict;
  /** The pods are as the Job wants them: whether it rests may be told. */
  readonly isManaged?: boolean;
  readonly waitMs?: number;
  readonly error?: Error;
}

function without({ active, terminating }: JobView, removed: readonly Pod[]) {
  return {
    active: active.length - removed.length,
    ready: active.filter(isReady).length - removed.filter(isReady).length,
    terminating: terminating.length + removed.length,
  };
}

async function bringToEnd(
  pass: Pass,
  view: JobView,
  { isCacheTrue, verdict }: { readonly isCacheTrue: boolean; readonly verdict: Verdict },
): Promise<Step> {
  const { done, error } = await deletePods(pass, view.job, view.active);
  // Pods that are not in the cache yet, or did not go, would be left behind with their finalizer.
  const isWhole = isCacheTrue && done.length === view.active.length;
  return { ...without(view, done), ...(isWhole ? { verdict } : {}), ...(error === undefined ? {} : { error }) };
}

async function goOn(
  pass: Pass,
  view: JobView,
  { isCacheTrue, backOffMs: wait }: { readonly isCacheTrue: boolean; readonly backOffMs: number },
): Promise<Step> {
  const mayManage = isCacheTrue && view.job.metadata.deletionTimestamp === undefined;
  const { remove, create, waitMs } = mayManage ? planPods(view, wait, pass.now) : { remove: [], create: [] };
  const removed = await dismissPods(pass, pass.key, view.job, remove);
  const created = await createPods(pass, pass.key, view, create);
  const after = without(view, removed.done);
  const active = after.active + created.done;
  const error = removed.error ?? created.error;
  const isEnough = active === 0 && view.succeeded >= (view.spec.completions ?? 1);
  return {
    ...after,
    active,
    ...(isEnough ? { verdict: completionsReached } : { isManaged: mayManage }),
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(error === undefined ? {} : { error }),
  };
}

interface Counted {
  readonly job: Job;
  readonly release: readonly Pod[];
  readonly isWhole: boolean;
}

/** Writes what there is, naming the pods that are to be counted. */
async function count(pass: Pass, view: JobView, step: Step, signal: AbortSignal): Promise<Counted> {
  const { job, now } = pass;
  const { active: _active, ...before } = settled(view.job.status ?? {}, new Set(view.tracked.map(uidOf)));
  const { ready, terminating, verdict } = step;
  const { status, release: toRelease, isWhole } = account(view, before, verdict);
  const told: JobStatus = { ...status, ...positive('active', step.active), ready, terminating };
  const suspended = step.isManaged === true ? withSuspension(told, job, now) : told;
  const next = verdict === undefined ? suspended : withVerdict(suspended, verdict, now);
  const written = await writeStatus(pass, job, next, signal);
  const rests = isSuspended(next);
  if (rests !== undefined && rests !== isSuspended(job.status ?? {})) {
    const [reason, message] = rests ? ['Suspended', 'Job suspended'] : ['Resumed', 'Job resumed'];
    pass.events.event(job, 'Normal', reason, message);
  }
  return { job: written, release: toRelease, isWhole };
}

/** Lets go of the pods that are named, counts them, and says the last word if nothing is left. */
async function conclude(
  pass: Pass,
  { view, step, counted }: { readonly view: JobView; readonly step: Step; readonly counted: Counted },
  signal: AbortSignal,
): Promise<void> {
  const { done, error } = await releasePods(pass, pass.key, counted.release);
  const released = new Set(done.map(uidOf));
  const tracked = new Set(view.tracked.map(uidOf).filter((uid) => !released.has(uid)));
  const status = settled(counted.job.status ?? {}, tracked);
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const isOver = counted.isWhole && succeeded.length + failed.length + step.terminating === 0;
  const end = isOver ? step.verdict : undefined;
  const next = end === undefined ? status : withEnd(status, end, pass.now);
  const job = await writeStatus(pass, counted.job, next, signal);
  if (error !== undefined) throw error;
  if (end !== undefined) tellEnd(pass, job, end);
}

function tellEnd({ events }: Pass, job: Job, { type, reason, message }: Verdict): void {
  if (type === 'FailureTarget') {
    events.event(job, 'Warning', reason, message);
    return;
  }
  if ((job.status?.succeeded ?? 0) > (job.spec?.completions ?? Infinity)) {
    const tooMany = 'Too many succeeded pods running after completion count reached';
    events.event(job, 'Warning', 'TooManySucceededPods', tooMany);
  }
  events.event(job, 'Normal', 'Completed', 'Job completed');
}

async function writeStatus({ client }: Pass, job: Job, status: JobStatus, signal: AbortSignal): Promise<Job> {
  if (deepEqual(status, job.status)) return job;
  return client.updateStatus(jobResource, { ...job, status }, { signal });
}
