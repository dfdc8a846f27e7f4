import { controllerReferenceTo, formatTime } from '../../../src/apimachinery/index.ts';
import type { CronJob, Job } from '../../../src/apis/index.ts';
import type { NewObject } from '../../../src/client/index.ts';
import { nameOf } from '../ownership.ts';
import type { WallClock } from './wall-time.ts';

const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
const MINUTE_MS = 60_000;

/** The same for the same time, so that no run is begun twice. */
export function jobName(cronJob: CronJob, scheduledAt: number): string {
  return `${nameOf(cronJob)}-${Math.floor(scheduledAt / MINUTE_MS)}`;
}

export function jobOf(cronJob: CronJob, scheduledAt: number, clock: WallClock): NewObject<Job> {
  const { metadata, spec } = cronJob.spec.jobTemplate;
  const { namespace } = cronJob.metadata;
  return {
    metadata: {
      name: jobName(cronJob, scheduledAt),
      ...(namespace === undefined ? {} : { namespace }),
      ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      annotations: { ...metadata?.annotations, [SCHEDULED_AT]: localTime(scheduledAt, clock.offsetMs(scheduledAt)) },
      ownerReferences: [controllerReferenceTo(cronJob)],
    },
    ...(spec === undefined ? {} : { spec }),
  };
}

/** RFC 3339, as clocks show it there. */
function localTime(at: number, offsetMs: number): string {
  const shown = formatTime(at + offsetMs);
  if (offsetMs === 0) return shown;
  const minutes = Math.abs(offsetMs) / MINUTE_MS;
  const offset = [Math.floor(minutes / 60), Math.floor(minutes % 60)].map((part) => String(part).padStart(2, '0'));
  return `${shown.slice(0, -1)}${offsetMs < 0 ? '-' : '+'}${offset.join(':')}`;
}
