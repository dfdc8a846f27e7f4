import { parseTime } from '../../../src/apimachinery/index.ts';
import { jobEnd, type CronJob, type Job } from '../../../src/apis/index.ts';

/** Jobs that are over and too many to be kept: those that began first. */
export function pastHistory({ spec }: CronJob, jobs: readonly Job[]): readonly Job[] {
  const ended = (type: 'Complete' | 'Failed') =>
    jobs.filter((job) => jobEnd(job)?.type === type && job.metadata.deletionTimestamp === undefined);
  return [
    ...oldest(ended('Complete'), spec.successfulJobsHistoryLimit),
    ...oldest(ended('Failed'), spec.failedJobsHistoryLimit),
  ];
}

function oldest(jobs: readonly Job[], limit = Infinity): readonly Job[] {
  const begun = ({ status, metadata }: Job) => parseTime(status?.startTime ?? metadata.creationTimestamp) ?? 0;
  return jobs.toSorted((a, b) => begun(a) - begun(b)).slice(0, Math.max(0, jobs.length - limit));
}
