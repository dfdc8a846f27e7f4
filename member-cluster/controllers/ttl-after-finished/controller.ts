import { isConflict, isNotFound } from '../../../src/apimachinery/index.ts';
import { jobs as jobResource, type Job } from '../../../src/apis/index.ts';
import { objectKey } from '../adoption.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { jobEnd } from '../job-end.ts';
import { uidOf } from '../ownership.ts';

/** Deletes Jobs with their pods when they have been over for as long as they say. */
export const ttlAfterFinishedController: ControllerDefinition = {
  name: 'ttl-after-finished',
  build({ informers, client, clock }, queue) {
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
        const fresh = await client.get(jobResource, objectKey(job), { signal });
        if ((expiresAt(fresh) ?? Infinity) > now) return {};
        const preconditions = { uid: uidOf(job) };
        await client.delete(jobResource, objectKey(job), { propagationPolicy: 'Foreground', preconditions, signal });
      } catch (err) {
        if (!isNotFound(err) && !isConflict(err)) throw err;
      }
      return {};
    };
  },
};

function expiresAt(job: Job): number | undefined {
  const { ttlSecondsAfterFinished } = job.spec ?? {};
  const endedAt = jobEnd(job)?.at;
  if (ttlSecondsAfterFinished === undefined || endedAt === undefined) return undefined;
  return job.metadata.deletionTimestamp === undefined ? endedAt + ttlSecondsAfterFinished * 1000 : undefined;
}
