import {
  deepEqual,
  dnsSubdomainProblems,
  invalidValue,
  notSupported,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { validatePodTemplate } from '../core/pod-template-validation.ts';
import { broken, immutable, nonNegative, oneOf, validLabelSelector } from '../field-rules.ts';
import type { Job, JobSpec } from '../generated/wire-types.ts';
import { validatePodFailurePolicy, validateSuccessPolicy } from './pod-failure-policy-validation.ts';

type Spec = Partial<JobSpec>;

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;

/** Also of the Jobs that a CronJob makes. */
export function validateJobSpec(field: string, sent: JobSpec | undefined): readonly FieldError[] {
  const spec: Spec = sent ?? {};
  const { template, managedBy } = spec;
  const policy = template?.spec?.restartPolicy;
  const ends = policy === 'OnFailure' || policy === 'Never';
  return [
    ...COUNTS.flatMap((name) => nonNegative(`${field}.${name}`, spec[name])),
    ...oneOf(`${field}.completionMode`, spec.completionMode, ['Indexed', 'NonIndexed']),
    ...validLabelSelector(`${field}.selector`, spec.selector),
    ...validateIndexes(field, spec),
    ...validateReplacement(`${field}.podReplacementPolicy`, spec),
    ...(managedBy === undefined ? [] : validateManager(`${field}.managedBy`, managedBy)),
    ...validatePodFailurePolicy(field, spec),
    ...validateSuccessPolicy(field, spec),
    ...validatePodTemplate(`${field}.template`, template),
    ...(ends ? [] : [required(`${field}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"')]),
  ];
}

const PER_INDEX = 'requires indexed completion mode';

function validateIndexes(field: string, spec: Spec): readonly FieldError[] {
  const { completionMode, completions, backoffLimitPerIndex, maxFailedIndexes } = spec;
  const isIndexed = completionMode === 'Indexed';
  return broken(
    [isIndexed && completions === undefined, required(`${field}.completions`, 'when completion mode is Indexed')],
    [
      !isIndexed && backoffLimitPerIndex !== undefined,
      invalidValue(`${field}.backoffLimitPerIndex`, backoffLimitPerIndex, PER_INDEX),
    ],
    [
      !isIndexed && maxFailedIndexes !== undefined,
      invalidValue(`${field}.maxFailedIndexes`, maxFailedIndexes, PER_INDEX),
    ],
    [
      maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined,
      required(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'),
    ],
    [
      maxFailedIndexes !== undefined && completions !== undefined && maxFailedIndexes > completions,
      invalidValue(`${field}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions'),
    ],
  );
}

function validateReplacement(field: string, { podReplacementPolicy, podFailurePolicy }: Spec): readonly FieldError[] {
  if (podReplacementPolicy === undefined) return [];
  const supported = podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  return supported.includes(podReplacementPolicy) ? [] : [notSupported(field, podReplacementPolicy, supported)];
}

const MAX_MANAGER_CHARACTERS = 63;

/** A domain and a path: `example.com/job-controller`. */
function validateManager(field: string, name: string): readonly FieldError[] {
  const [domain = '', ...path] = name.split('/');
  const isPath = path.length > 0 && path.every((part) => part !== '');
  if (!isPath) {
    return [invalidValue(field, name, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  }
  return [
    ...dnsSubdomainProblems(domain).map((problem) => invalidValue(field, name, problem)),
    ...(name.length > MAX_MANAGER_CHARACTERS
      ? [invalidValue(field, name, `must be no more than ${MAX_MANAGER_CHARACTERS} bytes`)]
      : []),
  ];
}

const FIXED = [
  'selector',
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
] as const;

export function validateJobUpdate(job: Job, { spec: old, status }: Job): readonly FieldError[] {
  const { spec } = job;
  if (spec === undefined || old === undefined) return [];
  const isElastic = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  const mayMove = old.suspend === true && status?.startTime === undefined;
  return [
    ...(isElastic ? [] : immutable('spec.completions', spec.completions, old.completions)),
    ...FIXED.flatMap((name) => immutable(`spec.${name}`, spec[name], old[name])),
    ...(deepEqual(fixedTemplate(spec, mayMove), fixedTemplate(old, mayMove))
      ? []
      : immutable('spec.template', spec.template, old.template)),
  ];
}

/** Until its pods run, it may be told where they should. */
function fixedTemplate({ template }: JobSpec, mayMove: boolean): unknown {
  if (!mayMove || template.spec === undefined) return template;
  const { metadata, spec } = template;
  const { nodeSelector: _selector, affinity: _affinity, tolerations: _tolerations, ...pod } = spec;
  const { schedulingGates: _gates, ...fixed } = pod;
  const { labels: _labels, annotations: _annotations, ...named } = metadata ?? {};
  return { metadata: named, spec: fixed };
}
