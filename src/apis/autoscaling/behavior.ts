import { invalidValue, required, type FieldError } from '../../apimachinery/index.ts';
import { quantityProblems } from '../core/quantities.ts';
import { broken, oneOf } from '../field-rules.ts';
import type { HorizontalPodAutoscalerBehavior, HPAScalingPolicy, HPAScalingRules } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

const PERIOD_SECONDS = 15;
const MAX_PERIOD_SECONDS = 1800;
const MAX_WINDOW_SECONDS = 3600;

const EVERYTHING: HPAScalingPolicy = { type: 'Percent', value: 100, periodSeconds: PERIOD_SECONDS };

const UP: HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Pods', value: 4, periodSeconds: PERIOD_SECONDS }, EVERYTHING],
};

/** How long it looks back before it takes pods away is for whoever scales to say. */
const DOWN: HPAScalingRules = { selectPolicy: 'Max', policies: [EVERYTHING] };

/** Whoever says how fast to go in one direction gets the usual speed in the other one. */
export function completeBehavior(behavior: HorizontalPodAutoscalerBehavior): HorizontalPodAutoscalerBehavior {
  return { ...behavior, scaleUp: { ...UP, ...behavior.scaleUp }, scaleDown: { ...DOWN, ...behavior.scaleDown } };
}

export function validateBehavior(
  field: string,
  behavior: Sent<HorizontalPodAutoscalerBehavior> | undefined,
): readonly FieldError[] {
  if (behavior === undefined) return [];
  return [
    ...validateRules(`${field}.scaleUp`, behavior.scaleUp ?? {}),
    ...validateRules(`${field}.scaleDown`, behavior.scaleDown ?? {}),
  ];
}

function validateRules(field: string, rules: Sent<HPAScalingRules>): readonly FieldError[] {
  const { stabilizationWindowSeconds: window = 0, selectPolicy, policies = [], tolerance } = rules;
  const at = `${field}.stabilizationWindowSeconds`;
  return [
    ...broken(
      [window < 0, invalidValue(at, window, 'must be greater than or equal to zero')],
      [window > MAX_WINDOW_SECONDS, invalidValue(at, window, `must be less than or equal to ${MAX_WINDOW_SECONDS}`)],
    ),
    ...oneOf(`${field}.selectPolicy`, selectPolicy, ['Disabled', 'Max', 'Min']),
    ...broken([policies.length === 0, required(`${field}.policies`, 'must specify at least one Policy')]),
    ...policies.flatMap((policy, index) => validatePolicy(`${field}.policies[${index}]`, policy)),
    ...(tolerance === undefined ? [] : quantityProblems(`${field}.tolerance`, tolerance)),
  ];
}

function validatePolicy(field: string, policy: Sent<HPAScalingPolicy>): readonly FieldError[] {
  const { type = '', value = 0, periodSeconds: period = 0 } = policy;
  const at = `${field}.periodSeconds`;
  return [
    ...oneOf(`${field}.type`, type, ['Percent', 'Pods']),
    ...broken(
      [value <= 0, invalidValue(`${field}.value`, value, 'must be greater than zero')],
      [period <= 0, invalidValue(at, period, 'must be greater than zero')],
      [period > MAX_PERIOD_SECONDS, invalidValue(at, period, `must be less than or equal to ${MAX_PERIOD_SECONDS}`)],
    ),
  ];
}
