import {
  cronJobs as cronJobResource,
  daemonSets as daemonSetResource,
  horizontalPodAutoscalers,
  ingresses as ingressResource,
  jobs as jobResource,
  podDisruptionBudgets,
  statefulSets as statefulSetResource,
  type Job,
} from '../../../src/apis/index.ts';
import { ranks, type FederatedType } from '../federated-type.ts';
import type { Share } from '../share.ts';
import { apportionCronJob, withTemplatePart } from './cron-job-shares.ts';
import { apportionJob } from './job-shares.ts';
import { cronJobStatus, jobStatus } from './job-status.ts';
import { plain, withoutStatus } from './plain.ts';
import { apportionSet, withPart } from './set-shares.ts';
import { daemonSetStatus, statefulSetStatus } from './set-status.ts';
import { autoscalerStatus, budgetStatus, ingressStatus } from './summed-status.ts';

const { workload } = ranks;

export const statefulSets = plain(statefulSetResource, {
  rank: workload,
  apportion: apportionSet,
  toMember: (object, share) => withPart(withoutStatus(object), share),
  aggregateStatus: statefulSetStatus,
});
export const daemonSets = plain(daemonSetResource, { rank: workload, aggregateStatus: daemonSetStatus });
export const cronJobs = plain(cronJobResource, {
  rank: workload,
  apportion: apportionCronJob,
  toMember: (object, share) => withTemplatePart(withoutStatus(object), share),
  aggregateStatus: cronJobStatus,
});
/** What is divided among members is scaled by the federation, and nobody else. */
export const autoscalers = plain(horizontalPodAutoscalers, {
  rank: workload,
  isWanted: (autoscaler, scaling) => !scaling.isScaledHere(autoscaler),
  aggregateStatus: autoscalerStatus,
});
export const disruptionBudgets = plain(podDisruptionBudgets, { rank: workload, aggregateStatus: budgetStatus });
export const ingresses = plain(ingressResource, { rank: workload, aggregateStatus: ingressStatus });

/** Each API server tells the pods of its Jobs by labels of its own. */
export const jobs: FederatedType<Job> = plain(jobResource, {
  rank: workload,
  apportion: apportionJob,
  toMember: (object, share) => withShare(withoutGeneratedSelector(withoutStatus(object)), share),
  retain: (desired, member) => withSelectorOf(desired, member),
  aggregateStatus: jobStatus,
});

/** When it is deleted after its end is for the federation to say: a copy that is gone before the others are done would be missed. */
function withShare(job: Job, { replicas, completions, isSuspended }: Share): Job {
  if (job.spec === undefined) return job;
  const { ttlSecondsAfterFinished: _ttl, ...spec } = job.spec;
  return {
    ...job,
    spec: {
      ...spec,
      ...(replicas === undefined ? {} : { parallelism: replicas }),
      ...(completions === undefined ? {} : { completions }),
      ...(isSuspended === true ? { suspend: true } : {}),
    },
  };
}

const GENERATED: ReadonlySet<string> = new Set([
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
  'controller-uid',
  'job-name',
]);

function withoutGeneratedSelector(job: Job): Job {
  if (job.spec === undefined || job.spec.manualSelector === true) return job;
  const { selector: _generated, template, ...spec } = job.spec;
  const labels = Object.entries(template.metadata?.labels ?? {}).filter(([key]) => !GENERATED.has(key));
  const metadata = { ...template.metadata, labels: Object.fromEntries(labels) };
  return { ...job, spec: { ...spec, template: { ...template, metadata } } };
}

function withSelectorOf(desired: Job, { spec: own }: Job): Job {
  const { spec } = desired;
  if (spec === undefined || spec.manualSelector === true || own?.selector === undefined) return desired;
  const labels = { ...own.template.metadata?.labels, ...spec.template.metadata?.labels };
  const template = { ...spec.template, metadata: { ...spec.template.metadata, labels } };
  return { ...desired, spec: { ...spec, selector: own.selector, template } };
}
