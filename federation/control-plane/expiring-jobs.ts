import type { Logger, Runnable } from '../../src/component-base/index.ts';
import { controller, WorkQueue } from '../../src/controller/index.ts';
import { jobExpiry, type JobExpiryDeps } from '../../src/job-expiry/index.ts';

/** Copies do not expire by themselves: the Job that they are copies of is deleted, and they go with it. */
export function expiringJobs({ log, ...deps }: JobExpiryDeps & { readonly log: Logger }): Runnable {
  const name = 'federation-job-expiry-controller';
  const { clock } = deps;
  const queue = new WorkQueue(clock, { name });
  return controller({ name, queue, workers: 1, clock, log, reconcile: jobExpiry(deps, queue) });
}
