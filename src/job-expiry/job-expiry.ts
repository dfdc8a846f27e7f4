import { isConflict, isNotFound, splitKey } from '../apimachinery/index.ts';
import { jobEnd, jobs as jobResource, type Job } from '../apis/index.ts';
import type { Client } from '../client/index.ts';
import type { Clock } from '../component-base/index.ts';
import type { InformerSet, Reconciler, WorkQueue } from '../controller/index.ts';

export interface JobExpiryDeps {
  readonly informers: Pick<InformerSet, 'of'>;
  readonly client: Client;
  readonly clock: Clock;
}

/** Deletes Jobs with all that they have made when they have been over for as long as they say. */
export function jobExpiry({ informers, client, clock }: JobExpiryDeps, queue: WorkQueue): Reconciler {
  const jobs = informers.of(jobResource);
  jobs.onEvent(({ type, key, object }) => {
    if (type !== 'delete' && expiresAt(object) !== undefined) queue.add(key);
  });
  return async (key, signal) => {
    const job = jobs.lister.get(key);
    const at = job && expiresAt(job);
    if (job === undefined || at === undefined) return {};
    const now = clock.now();
    if (now < at) return { requeueAfterMs: at - now };

    try {
      // The cache may not have heard that it was given more time.
      const fresh = await client.get(jobResource, splitKey(key), { signal });
      if ((expiresAt(fresh) ?? Infinity) > now) return {};
      const { uid = '' } = job.metadata;
      await client.delete(jobResource, splitKey(key), {
        propagationPolicy: 'Foreground',
        preconditions: { uid },
        signal,
      });
    } catch (err) {
      if (!isNotFound(err) && !isConflict(err)) throw err;
    }
    return {};
  };
}

function expiresAt(job: Job): number | undefined {
  const { ttlSecondsAfterFinished } = job.spec ?? {};
  const endedAt = jobEnd(job)?.at;
  if (ttlSecondsAfterFinished === undefined || endedAt === undefined) return undefined;
  return job.metadata.deletionTimestamp === undefined ? endedAt + ttlSecondsAfterFinished * 1000 : undefined;
}
