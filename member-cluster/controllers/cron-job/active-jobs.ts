import { isNotFound, parseTime } from '../../../src/apimachinery/index.ts';
import { jobEnd, jobs as jobResource, type CronJob, type Job, type ObjectReference } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { EventRecorder } from '../../../src/controller/index.ts';
import { nameOf, uidOf } from '../ownership.ts';

export type CronJobStatus = NonNullable<CronJob['status']>;

export const isListed = ({ active = [] }: CronJobStatus, uid: string): boolean =>
  active.some((reference) => reference.uid === uid);

export function withoutJob(status: CronJobStatus, uid: string): CronJobStatus {
  if (!isListed(status, uid)) return status;
  const { active = [], ...rest } = status;
  const others = active.filter((reference) => reference.uid !== uid);
  return others.length === 0 ? rest : { ...rest, active: others };
}

export function withJob(status: CronJobStatus, job: Job): CronJobStatus {
  const { metadata, apiVersion, kind } = job;
  const reference: ObjectReference = {
    apiVersion,
    kind,
    name: nameOf(job),
    uid: uidOf(job),
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
  };
  return { ...status, active: [...(status.active ?? []), reference] };
}

export interface ActiveJobsDeps {
  readonly client: Client;
  readonly events: EventRecorder;
}

/** The status after what has become of the Jobs that ran. */
export async function followJobs(
  deps: ActiveJobsDeps,
  cronJob: CronJob,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<CronJobStatus> {
  let status: CronJobStatus = cronJob.status ?? {};
  for (const job of jobs) status = followJob(deps, cronJob, status, job);
  const known = new Set(jobs.map(uidOf));
  for (const { uid = '', name = '', namespace = '' } of status.active ?? []) {
    if (known.has(uid) || (await isThere(deps.client, { name, namespace, uid }, signal))) continue;
    status = withoutJob(status, uid);
    deps.events.event(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
  }
  return status;
}

function followJob({ events }: ActiveJobsDeps, cronJob: CronJob, status: CronJobStatus, job: Job): CronJobStatus {
  const end = jobEnd(job);
  const listed = isListed(status, uidOf(job));
  if (end === undefined) {
    const message = `Saw a job that the controller did not create or forgot: ${nameOf(job)}`;
    if (!listed) events.event(cronJob, 'Warning', 'UnexpectedJob', message);
    return status;
  }
  const message = `Saw completed job: ${nameOf(job)}, condition: ${end.type}`;
  if (listed) events.event(cronJob, 'Normal', 'SawCompletedJob', message);
  const next = withoutJob(status, uidOf(job));
  return end.type === 'Complete' ? withSuccess(next, job) : next;
}

function withSuccess(status: CronJobStatus, job: Job): CronJobStatus {
  const completedAt = job.status?.completionTime;
  if ((parseTime(completedAt) ?? 0) <= (parseTime(status.lastSuccessfulTime) ?? 0)) return status;
  return completedAt === undefined ? status : { ...status, lastSuccessfulTime: completedAt };
}

/** The cache may just not have heard of it. */
async function isThere(
  client: Client,
  { uid, ...key }: { readonly name: string; readonly namespace: string; readonly uid: string },
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return uidOf(await client.get(jobResource, key, { signal })) === uid;
  } catch (err) {
    if (isNotFound(err)) return false;
    throw err;
  }
}
