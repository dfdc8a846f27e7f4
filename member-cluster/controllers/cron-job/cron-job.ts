import {
  controllerOf,
  deepEqual,
  formatTime,
  isAlreadyExists,
  isNotFound,
  parseTime,
} from '../../../src/apimachinery/index.ts';
import {
  cronJobs as cronJobResource,
  jobEnd,
  jobs as jobResource,
  parseCronSchedule,
  type CronJob,
  type CronSchedule,
  type Job,
} from '../../../src/apis/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import type { Lister, Reconciler, ReconcileResult } from '../../../src/controller/index.ts';
import { objectKey } from '../adoption.ts';
import { isNamespaceEnding } from '../namespace-ending.ts';
import { nameOf, uidOf } from '../ownership.ts';
import { followJobs, isListed, withJob, withoutJob, type ActiveJobsDeps, type CronJobStatus } from './active-jobs.ts';
import { dueTime } from './due-time.ts';
import { pastHistory } from './history.ts';
import { jobName, jobOf } from './job-of.ts';
import { nextTime } from './schedule.ts';
import { wallClock, type WallClock } from './wall-time.ts';

/** So much after its time, so that clocks that differ a little do not bring it too early. */
const DELTA_MS = 100;
const MANY_MISSED = 100;

export interface CronJobDeps extends ActiveJobsDeps {
  readonly cronJobs: Lister<CronJob>;
  /** With an index `controller`. */
  readonly jobs: Lister<Job>;
  readonly clock: Clock;
}

/** Makes a Job whenever it is time for one. */
export function cronJobReconciler(deps: CronJobDeps): Reconciler {
  return async (key, signal) => {
    const cached = deps.cronJobs.get(key);
    if (cached === undefined) return {};
    const jobs = deps.jobs.byIndex('controller', uidOf(cached));
    const cronJob = await current(deps, cached, jobs, signal);
    if (cronJob === undefined) return {};
    const followed = await followJobs(deps, cronJob, jobs, signal);
    const tidied = await tidy(deps, cronJob, { status: followed, jobs }, signal);
    const turn = await takeTurn({ ...deps, cronJob, now: deps.clock.now() }, tidied, signal);
    if (!deepEqual(turn.status, cronJob.status ?? {})) await writeStatus(deps, cronJob, turn.status, signal);
    if (turn.error !== undefined) throw turn.error;
    return turn.result;
  };
}

/** The cache may not show yet that a Job was begun, while it shows the Job. */
async function current(
  { client }: CronJobDeps,
  cached: CronJob,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<CronJob | undefined> {
  const unknown = jobs.some((job) => jobEnd(job) === undefined && !isListed(cached.status ?? {}, uidOf(job)));
  if (!unknown) return cached;
  try {
    const fresh = await client.get(cronJobResource, objectKey(cached), { signal });
    return uidOf(fresh) === uidOf(cached) ? fresh : undefined;
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}

interface Pass extends CronJobDeps {
  readonly cronJob: CronJob;
  readonly now: number;
}

interface Turn {
  readonly status: CronJobStatus;
  readonly result: ReconcileResult;
  readonly error?: Error;
}

async function tidy(
  deps: CronJobDeps,
  cronJob: CronJob,
  { status, jobs }: { readonly status: CronJobStatus; readonly jobs: readonly Job[] },
  signal: AbortSignal,
): Promise<CronJobStatus> {
  let next = status;
  for (const job of pastHistory(cronJob, jobs)) {
    await deleteJob(deps, cronJob, job, signal);
    next = withoutJob(next, uidOf(job));
  }
  return next;
}

async function takeTurn(pass: Pass, status: CronJobStatus, signal: AbortSignal): Promise<Turn> {
  const { cronJob, events } = pass;
  const idle = { status, result: {} };
  if (cronJob.metadata.deletionTimestamp !== undefined || cronJob.spec.suspend === true) return idle;
  const timing = timingOf(cronJob);
  if ('problem' in timing) {
    events.event(cronJob, 'Warning', timing.reason, timing.problem);
    return idle;
  }
  const { schedule, clock } = timing;
  const since = earliest(pass, status, schedule);
  const due = dueTime(schedule, clock, since, pass.now);
  if (due === undefined) {
    events.event(cronJob, 'Warning', 'InvalidSchedule', `invalid schedule: ${cronJob.spec.schedule} : it never comes`);
    return idle;
  }
  // What comes again and again does so from its last time on.
  const from = schedule.type === 'every' ? (due.at ?? since) : pass.now;
  const next = nextTime(schedule, clock, from) ?? Infinity;
  const result = { requeueAfterMs: next + DELTA_MS - pass.now };
  if (due.missed > MANY_MISSED) {
    const advice = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew';
    events.event(cronJob, 'Warning', 'TooManyMissedTimes', `too many missed start times. ${advice}`);
  }
  if (due.at === undefined || !isWelcome(pass, status, due.at)) return { status, result };
  return { result, ...(await begin(pass, status, { at: due.at, clock }, signal)) };
}

function timingOf({
  spec: { schedule: text, timeZone },
}: CronJob):
  | { readonly schedule: CronSchedule; readonly clock: WallClock }
  | { readonly reason: string; readonly problem: string } {
  const schedule = parseCronSchedule(text);
  if (typeof schedule === 'string') {
    return { reason: 'UnparseableSchedule', problem: `unparseable schedule: ${JSON.stringify(text)} : ${schedule}` };
  }
  try {
    return { schedule, clock: wallClock(timeZone) };
  } catch (err) {
    if (!(err instanceof RangeError)) throw err;
    const name = timeZone ?? '';
    const problem = `invalid timeZone: ${JSON.stringify(name)}: unknown time zone ${name}`;
    return { reason: 'UnknownTimeZone', problem };
  }
}

/** Nothing that was due before is begun any more. */
function earliest({ cronJob: { metadata, spec }, now }: Pass, status: CronJobStatus, { type }: CronSchedule): number {
  const last = parseTime(status.lastScheduleTime) ?? parseTime(metadata.creationTimestamp) ?? now;
  const { startingDeadlineSeconds } = spec;
  return startingDeadlineSeconds === undefined || type === 'every'
    ? last
    : Math.max(last, now - startingDeadlineSeconds * 1000);
}

function isWelcome({ cronJob, now, events }: Pass, status: CronJobStatus, at: number): boolean {
  const { startingDeadlineSeconds = Infinity, concurrencyPolicy } = cronJob.spec;
  if (at + startingDeadlineSeconds * 1000 < now) {
    const time = new Date(at).toUTCString().replace('GMT', '+0000');
    events.event(cronJob, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${time}`);
    return false;
  }
  const { active = [], lastScheduleTime } = status;
  if (parseTime(lastScheduleTime) === at || active.some(({ name }) => name === jobName(cronJob, at))) return false;
  if (concurrencyPolicy !== 'Forbid' || active.length === 0) return true;
  const why = 'prior execution is running and concurrency policy is Forbid';
  events.event(cronJob, 'Normal', 'JobAlreadyActive', `Not starting job because ${why}`);
  return false;
}

async function begin(
  pass: Pass,
  status: CronJobStatus,
  { at, clock }: { readonly at: number; readonly clock: WallClock },
  signal: AbortSignal,
): Promise<Pick<Turn, 'status' | 'error'>> {
  const { cronJob, client, events } = pass;
  const before = cronJob.spec.concurrencyPolicy === 'Replace' ? await replace(pass, status, signal) : status;
  try {
    const job = await client.create(jobResource, jobOf(cronJob, at, clock), { signal });
    events.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${nameOf(job)}`);
    return { status: { ...withJob(before, job), lastScheduleTime: formatTime(at) } };
  } catch (err) {
    if (isNamespaceEnding(err)) return { status: before };
    if (isAlreadyExists(err)) return { status: await taken(pass, before, at, signal) };
    const error = err instanceof Error ? err : new Error(String(err));
    events.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${error.message}`);
    return { status: before, error };
  }
}

/** A Job that was made before, when it could not be written down; what somebody else made under this name is left alone. */
async function taken({ cronJob, client }: Pass, status: CronJobStatus, at: number, signal: AbortSignal) {
  const { namespace } = cronJob.metadata;
  const key = { name: jobName(cronJob, at), ...(namespace === undefined ? {} : { namespace }) };
  const job = await client.get(jobResource, key, { signal });
  if (controllerOf(job)?.uid !== cronJob.metadata.uid || isListed(status, uidOf(job))) return status;
  return { ...withJob(status, job), lastScheduleTime: formatTime(at) };
}

/** Nobody is left who runs. */
async function replace(pass: Pass, status: CronJobStatus, signal: AbortSignal): Promise<CronJobStatus> {
  let next = status;
  for (const { name = '', namespace = '', uid = '' } of status.active ?? []) {
    const job = pass.jobs.get(`${namespace}/${name}`);
    if (job !== undefined && uidOf(job) === uid) await deleteJob(pass, pass.cronJob, job, signal);
    next = withoutJob(next, uid);
  }
  return next;
}

async function deleteJob(
  { client, events }: CronJobDeps,
  cronJob: CronJob,
  job: Job,
  signal: AbortSignal,
): Promise<void> {
  const preconditions = { uid: uidOf(job) };
  try {
    await client.delete(jobResource, objectKey(job), { propagationPolicy: 'Background', preconditions, signal });
    events.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${nameOf(job)}`);
  } catch (err) {
    if (isNotFound(err)) return;
    events.event(cronJob, 'Warning', 'FailedDelete', `Deleted job: ${String(err)}`);
    throw err;
  }
}

async function writeStatus({ client }: CronJobDeps, cronJob: CronJob, status: CronJobStatus, signal: AbortSignal) {
  try {
    await client.updateStatus(cronJobResource, { ...cronJob, status }, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
