import {
  allowingPrefix,
  dnsSubdomainProblems,
  invalidValue,
  notSupported,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, ageOf, nameColumn, NONE, selectorColumn, templateColumns, UNKNOWN } from '../columns.ts';
import { templateDefaults } from '../core/pod-defaults.ts';
import { nonNegative, oneOf } from '../field-rules.ts';
import type { CronJob, JobSpec, JobTemplateSpec } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { withoutStatus, withStatusOf } from '../status-rules.ts';
import { scheduleProblem } from './cron-schedule.ts';
import { validateJobSpec } from './job-validation.ts';

/** Its Jobs' names are longer by what tells them apart. */
const MAX_NAME_BYTES = 52;

export const cronJobs: ResourceDefinition<CronJob> = {
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  schema: 'k8s.io/api/batch/v1.CronJob',
  subresources: [{ type: 'status', name: 'status' }],
  strategy: {
    defaults,
    prepareForCreate: withoutStatus,
    prepareForUpdate: withStatusOf,
    validate,
    validateName: allowingPrefix((name) => [
      ...dnsSubdomainProblems(name),
      ...(Buffer.byteLength(name) > MAX_NAME_BYTES ? [`must be no more than ${MAX_NAME_BYTES} characters`] : []),
    ]),
  },
  columns: [
    nameColumn,
    {
      name: 'Schedule',
      type: 'string',
      description: 'When it runs, as in cron.',
      value: ({ spec }) => spec.schedule,
    },
    { name: 'Timezone', type: 'string', description: 'Of the schedule.', value: ({ spec }) => spec.timeZone ?? NONE },
    {
      name: 'Suspend',
      type: 'boolean',
      description: 'Whether it rests.',
      value: ({ spec }) => (spec.suspend === true ? 'True' : 'False'),
    },
    {
      name: 'Active',
      type: 'integer',
      description: 'Jobs that run now.',
      value: ({ status }) => status?.active?.length ?? 0,
    },
    {
      name: 'Last Schedule',
      type: 'string',
      description: 'Time since it last ran.',
      value: ({ status }, now) => {
        const age = ageOf(status?.lastScheduleTime, now);
        return age === UNKNOWN ? NONE : age;
      },
    },
    ageColumn,
    ...templateColumns<CronJob>(({ spec }) => spec.jobTemplate.spec?.template),
    selectorColumn(({ spec }) => spec.jobTemplate.spec?.selector),
  ],
};

function defaults(cronJob: CronJob): CronJob {
  const job = jobTemplateOf(cronJob).spec;
  return {
    ...cronJob,
    spec: {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      ...cronJob.spec,
      jobTemplate: {
        ...jobTemplateOf(cronJob),
        ...(job === undefined ? {} : { spec: { ...job, template: templateDefaults(job.template) } }),
      },
    },
  };
}

/** All around it may be left out of what a client sends. */
function jobTemplateOf(cronJob: CronJob): JobTemplateSpec {
  return sent(cronJob).spec?.jobTemplate === undefined ? {} : cronJob.spec.jobTemplate;
}

function validate(cronJob: CronJob): readonly FieldError[] {
  const { schedule = '', ...spec } = sent(cronJob).spec ?? {};
  return [
    ...(schedule === '' ? [required('spec.schedule')] : validateSchedule('spec.schedule', schedule)),
    ...nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds),
    ...oneOf('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']),
    ...nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit),
    ...nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit),
    ...validateTimeZone('spec.timeZone', spec.timeZone),
    ...validateJobSpec('spec.jobTemplate.spec', jobTemplateOf(cronJob).spec),
    ...validateOwnSelector('spec.jobTemplate.spec', spec.jobTemplate?.spec),
  ];
}

function validateSchedule(field: string, schedule: string): readonly FieldError[] {
  if (schedule.includes('TZ')) {
    return [invalidValue(field, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')];
  }
  const problem = scheduleProblem(schedule);
  return problem === undefined ? [] : [invalidValue(field, schedule, problem)];
}

function validateTimeZone(field: string, zone: string | undefined): readonly FieldError[] {
  if (zone === undefined) return [];
  if (zone === '') return [invalidValue(field, zone, 'timeZone must be nil or non-empty string')];
  if (zone.toLowerCase() === 'local') {
    const why = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
    return [invalidValue(field, zone, why)];
  }
  return isTimeZone(zone) ? [] : [invalidValue(field, zone, `unknown time zone ${zone}`)];
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return /^[A-Z]/.test(zone);
  } catch {
    return false;
  }
}

/** Its Jobs' selectors are made for them. */
function validateOwnSelector(field: string, spec: Sent<JobSpec> | undefined): readonly FieldError[] {
  const { selector, manualSelector } = spec ?? {};
  return [
    ...(selector === undefined
      ? []
      : [invalidValue(`${field}.selector`, selector, '`selector` will be auto-generated')]),
    ...(manualSelector === true ? [notSupported(`${field}.manualSelector`, true, ['nil', 'false'])] : []),
  ];
}
