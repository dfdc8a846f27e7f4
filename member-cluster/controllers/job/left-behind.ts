import { controllerOf } from '../../../src/apimachinery/index.ts';
import { jobEnd, type Job, type Pod } from '../../../src/apis/index.ts';
import type { Lister } from '../../../src/controller/index.ts';
import { isManagedElsewhere } from './job-pods.ts';

/** No Job of ours will ever count this pod: there is none, or it is over. Others look after their own. */
export function isLeftBehind(pod: Pod, jobs: Pick<Lister<Job>, 'get'>): boolean {
  const owner = controllerOf(pod);
  if (owner === undefined) return true;
  if (owner.kind !== 'Job' || owner.apiVersion !== 'batch/v1') return false;
  const job = jobs.get(`${pod.metadata.namespace ?? ''}/${owner.name}`);
  if (job?.metadata.uid !== owner.uid) return true;
  return !isManagedElsewhere(job) && jobEnd(job) !== undefined;
}
