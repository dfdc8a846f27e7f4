import { dnsLabelProblems, parseTime, shortDuration } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, selectorColumn, templateColumns } from '../columns.ts';
import { templateDefaults } from '../core/pod-defaults.ts';
import { definedOnly } from '../field-rules.ts';
import type { Job } from '../generated/wire-types.ts';
import { sent } from '../sent.ts';
import { withStatusOf } from '../status-rules.ts';
import { validateJobSpec, validateJobUpdate } from './job-validation.ts';

export const jobs: ResourceDefinition<Job> = {
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  singular: 'job',
  categories: ['all'],
  namespaced: true,
  schema: 'k8s.io/api/batch/v1.Job',
  subresources: [{ type: 'status', name: 'status' }],
  strategy: {
    defaults,
    prepareForCreate: (job) => ({ ...withGeneratedSelector(job), status: {} }),
    prepareForUpdate: withStatusOf,
    validate: (job) => validateJobSpec('spec', job.spec),
    validateUpdate: validateJobUpdate,
    warnings,
    defaultPropagation: 'Orphan',
  },
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', description: 'How it is, in one word.', value: statusText },
    {
      name: 'Completions',
      type: 'string',
      description: 'Pods that succeeded, of those wanted.',
      value: completionsText,
    },
    { name: 'Duration', type: 'string', description: 'How long it took, or has taken yet.', value: durationText },
    ageColumn,
    ...templateColumns<Job>(({ spec }) => spec?.template),
    selectorColumn(({ spec }) => spec?.selector),
  ],
  fieldSelectors: { 'status.successful': ({ status }) => String(status?.succeeded ?? 0) },
};

const MAX_INT32 = 2_147_483_647;

function defaults(job: Job): Job {
  const { spec } = job;
  if (spec === undefined) return job;
  const isCounted = spec.completions !== undefined || spec.parallelism !== undefined;
  const { labels } = sent(job).spec?.template?.metadata ?? {};
  const isUnlabelled = Object.keys(job.metadata.labels ?? {}).length === 0;
  return {
    ...job,
    ...(isUnlabelled && labels !== undefined ? { metadata: { ...job.metadata, labels: definedOnly(labels) } } : {}),
    spec: {
      parallelism: 1,
      ...(isCounted ? {} : { completions: 1 }),
      backoffLimit: spec.backoffLimitPerIndex === undefined ? 6 : MAX_INT32,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
      ...spec,
      template: templateDefaults(spec.template),
    },
  };
}

function warnings({ metadata }: Job): readonly string[] {
  const problems = dnsLabelProblems(metadata.name ?? '');
  if (problems.length === 0) return [];
  const why = 'this is used in Pod names and hostnames, which can result in surprising behavior';
  return [`metadata.name: ${why}; a DNS label is recommended: [${problems.join(' ')}]`];
}

const UID_LABEL = 'batch.kubernetes.io/controller-uid';
const NAME_LABEL = 'batch.kubernetes.io/job-name';

/** Unless its author takes care of that, a Job finds its own pods and no others. */
function withGeneratedSelector(job: Job): Job {
  const { spec, metadata } = job;
  if (spec === undefined || spec.manualSelector === true) return job;
  const { name = '', uid = '' } = metadata;
  const labels = { [UID_LABEL]: uid, [NAME_LABEL]: name, 'controller-uid': uid, 'job-name': name };
  const template = {
    ...spec.template,
    metadata: { ...spec.template.metadata, labels: { ...spec.template.metadata?.labels, ...labels } },
  };
  return { ...job, spec: { ...spec, selector: { matchLabels: { [UID_LABEL]: uid } }, template } };
}

/** In this order: the first condition that holds is the word. */
const WORDS = [
  ['Complete', 'Complete'],
  ['Failed', 'Failed'],
  ['', 'Terminating'],
  ['Suspended', 'Suspended'],
  ['FailureTarget', 'FailureTarget'],
  ['SuccessCriteriaMet', 'SuccessCriteriaMet'],
] as const;

function statusText({ status, metadata }: Job): string {
  const holds = (condition: string) =>
    condition === ''
      ? metadata.deletionTimestamp !== undefined
      : status?.conditions?.some(({ type, status: value }) => type === condition && value === 'True') === true;
  return WORDS.find(([condition]) => holds(condition))?.[1] ?? 'Running';
}

function completionsText({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationText({ status }: Job, now: number): string {
  const start = parseTime(status?.startTime);
  if (start === undefined) return '';
  return shortDuration((parseTime(status?.completionTime) ?? now) - start);
}
