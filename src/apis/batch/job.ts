import { required, shortDuration, parseTime, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, selectorColumn, templateColumns } from '../columns.ts';
import { templateDefaults } from '../core/pod-defaults.ts';
import { validatePodTemplate } from '../core/pod-template-validation.ts';
import { immutable, nonNegative, oneOf, validLabelSelector } from '../field-rules.ts';
import type { Job, JobSpec } from '../generated/wire-types.ts';
import { withStatusOf } from '../status-rules.ts';

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
    validateUpdate,
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

function defaults(job: Job): Job {
  const { spec } = job;
  if (spec === undefined) return job;
  const isCounted = spec.completions !== undefined || spec.parallelism !== undefined;
  return {
    ...job,
    spec: {
      parallelism: 1,
      ...(isCounted ? {} : { completions: 1 }),
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      ...spec,
      template: templateDefaults(spec.template),
    },
  };
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

export function validateJobSpec(field: string, spec: JobSpec | undefined): readonly FieldError[] {
  const { template, ...rest }: Partial<JobSpec> = spec ?? {};
  const policy = template?.spec?.restartPolicy;
  const ends = policy === 'OnFailure' || policy === 'Never';
  return [
    ...nonNegative(`${field}.parallelism`, rest.parallelism),
    ...nonNegative(`${field}.completions`, rest.completions),
    ...nonNegative(`${field}.activeDeadlineSeconds`, rest.activeDeadlineSeconds),
    ...nonNegative(`${field}.backoffLimit`, rest.backoffLimit),
    ...nonNegative(`${field}.ttlSecondsAfterFinished`, rest.ttlSecondsAfterFinished),
    ...oneOf(`${field}.completionMode`, rest.completionMode, ['Indexed', 'NonIndexed']),
    ...validLabelSelector(`${field}.selector`, rest.selector),
    ...(rest.completionMode === 'Indexed' && rest.completions === undefined
      ? [required(`${field}.completions`, 'when completion mode is Indexed')]
      : []),
    ...validatePodTemplate(`${field}.template`, template),
    ...(ends ? [] : [required(`${field}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"')]),
  ];
}

function validateUpdate({ spec }: Job, { spec: old }: Job): readonly FieldError[] {
  if (spec === undefined || old === undefined) return [];
  const isElastic = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  return [
    ...(isElastic ? [] : immutable('spec.completions', spec.completions, old.completions)),
    ...immutable('spec.selector', spec.selector, old.selector),
    ...(old.suspend === true ? [] : immutable('spec.template', spec.template, old.template)),
    ...immutable('spec.completionMode', spec.completionMode, old.completionMode),
  ];
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
