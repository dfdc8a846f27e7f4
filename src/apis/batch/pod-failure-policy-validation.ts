import { duplicate, invalidValue, required, tooMany, type FieldError } from '../../apimachinery/index.ts';
import { requiredOneOf } from '../field-rules.ts';
import type {
  JobSpec,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyRule,
  SuccessPolicyRule,
} from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

type Spec = Sent<JobSpec>;

const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;

/** What failed pods mean to a Job. */
export function validatePodFailurePolicy(field: string, spec: Spec): readonly FieldError[] {
  const { podFailurePolicy, template } = spec;
  if (podFailurePolicy === undefined) return [];
  const { rules = [] } = podFailurePolicy;
  const policy = template?.spec?.restartPolicy;
  const onlyNever = 'only "Never" is supported when podFailurePolicy is specified';
  const where = `${field}.podFailurePolicy.rules`;
  return [
    ...(policy === 'Never' ? [] : [invalidValue(`${field}.template.spec.restartPolicy`, policy, onlyNever)]),
    ...(rules.length > MAX_RULES ? [tooMany(where, rules.length, MAX_RULES)] : []),
    ...rules.flatMap((rule, index) => validateRule(`${where}[${index}]`, rule, spec)),
  ];
}

function validateRule(field: string, rule: Sent<PodFailurePolicyRule>, spec: Spec): readonly FieldError[] {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  const errors = [...requiredOneOf(`${field}.action`, action, ['Count', 'FailIndex', 'FailJob', 'Ignore'])];
  if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined) {
    errors.push(invalidValue(`${field}.action`, action, 'requires the backoffLimitPerIndex to be set'));
  }
  if (onExitCodes !== undefined) errors.push(...validateExitCodes(`${field}.onExitCodes`, onExitCodes, spec));
  if (onExitCodes !== undefined && onPodConditions.length > 0) {
    errors.push(invalidValue(field, null, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  } else if (onExitCodes === undefined && onPodConditions.length === 0) {
    errors.push(invalidValue(field, null, 'specifying one of OnExitCodes and OnPodConditions is required'));
  }
  return [
    ...errors,
    ...onPodConditions.flatMap(({ status }, index) =>
      requiredOneOf(`${field}.onPodConditions[${index}].status`, status, ['False', 'True', 'Unknown']),
    ),
  ];
}

function validateExitCodes(
  field: string,
  { operator, values = [], containerName }: Sent<PodFailurePolicyOnExitCodesRequirement>,
  { template }: Spec,
): readonly FieldError[] {
  const { containers = [], initContainers = [] } = template?.spec ?? {};
  const isKnown = [...containers, ...initContainers].some(({ name }) => name === containerName);
  const why = 'must be one of the container or initContainer names in the pod template';
  const isOrdered = values.every((value, index) => index === 0 || (values[index - 1] ?? 0) <= value);
  return [
    ...requiredOneOf(`${field}.operator`, operator, ['In', 'NotIn']),
    ...(containerName === undefined || isKnown ? [] : [invalidValue(`${field}.containerName`, containerName, why)]),
    ...(values.length === 0 ? [invalidValue(`${field}.values`, values, 'at least one value is required')] : []),
    ...(values.length > MAX_EXIT_CODES ? [tooMany(`${field}.values`, values.length, MAX_EXIT_CODES)] : []),
    ...values.flatMap((value, index) => [
      ...(operator === 'In' && value === 0
        ? [invalidValue(`${field}.values[${index}]`, value, 'must not be 0 for the In operator')]
        : []),
      ...(values.indexOf(value) < index ? [duplicate(`${field}.values[${index}]`, value)] : []),
    ]),
    ...(isOrdered ? [] : [invalidValue(`${field}.values`, values, 'must be ordered')]),
  ];
}

/** When a Job has done enough. */
export function validateSuccessPolicy(field: string, spec: Spec): readonly FieldError[] {
  const { successPolicy, completionMode, completions = 0 } = spec;
  if (successPolicy === undefined) return [];
  const where = `${field}.successPolicy`;
  if (completionMode !== 'Indexed') return [invalidValue(where, successPolicy, 'requires indexed completion mode')];
  const { rules = [] } = successPolicy;
  const none = 'at least one rules must be specified when the successPolicy is specified';
  return [
    ...(rules.length === 0 ? [required(`${where}.rules`, none)] : []),
    ...(rules.length > MAX_RULES ? [tooMany(`${where}.rules`, rules.length, MAX_RULES)] : []),
    ...rules.flatMap((rule, index) => validateSuccessRule(`${where}.rules[${index}]`, rule, completions)),
  ];
}

const INDEXES = /^\d+(-\d+)?(,\d+(-\d+)?)*$/;

function validateSuccessRule(
  field: string,
  { succeededCount, succeededIndexes }: Sent<SuccessPolicyRule>,
  completions: number,
): readonly FieldError[] {
  if (succeededCount === undefined && succeededIndexes === undefined) {
    return [required(field, 'at least one of succeededCount or succeededIndexes must be specified')];
  }
  const isTooMany = succeededCount !== undefined && succeededCount > completions;
  const tooMuch = `must be less than or equal to ${completions} (the number of specified completions)`;
  return [
    ...(succeededIndexes === undefined || INDEXES.test(succeededIndexes)
      ? []
      : [invalidValue(`${field}.succeededIndexes`, succeededIndexes, 'error parsing succeededIndexes')]),
    ...(succeededCount !== undefined && succeededCount < 0
      ? [invalidValue(`${field}.succeededCount`, succeededCount, 'must be greater than or equal to 0')]
      : []),
    ...(isTooMany ? [invalidValue(`${field}.succeededCount`, succeededCount, tooMuch)] : []),
  ];
}
