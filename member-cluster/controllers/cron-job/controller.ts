import { controllerOf } from '../../../src/apimachinery/index.ts';
import { cronJobs as cronJobResource, jobs as jobResource, type Job } from '../../../src/apis/index.ts';
import { lazily } from '../../../src/controller/index.ts';
import { controllerKey, type ControllerDefinition } from '../controller-definition.ts';

const indexes = { controller: (job: Job) => [controllerOf(job)?.uid ?? ''] };

export const cronJobController: ControllerDefinition = {
  name: 'cronjob',
  workers: 2,
  build({ informers, client, clock, events }, queue) {
    const cronJobs = informers.of(cronJobResource);
    const jobs = informers.of(jobResource, { indexes });
    cronJobs.onEvent(({ key }) => {
      queue.add(key);
    });
    jobs.onEvent(({ object }) => {
      const key = controllerKey(object, 'CronJob');
      if (key !== undefined) queue.add(key);
    });
    const recorder = events('cronjob-controller');
    return lazily(async () => {
      const { cronJobReconciler } = await import('./cron-job.ts');
      return cronJobReconciler({ cronJobs: cronJobs.lister, jobs: jobs.lister, client, clock, events: recorder });
    });
  },
};
