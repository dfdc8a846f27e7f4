import { invalidValue, patternProblem, type FieldError, type IntOrString } from '../../apimachinery/index.ts';
import { nonNegative } from '../field-rules.ts';

/** A number that is not negative, or a percentage. */
export function validIntOrPercent(field: string, value: IntOrString | undefined): readonly FieldError[] {
  if (typeof value !== 'string') return nonNegative(field, value);
  if (/^\d+%$/.test(value)) return [];
  const rule = "a valid percent string must be a numeric string followed by an ending '%'";
  return [invalidValue(field, value, patternProblem(rule, '[0-9]+%', '1%', '93%'))];
}

export function notAboveHundredPercent(field: string, value: IntOrString | undefined): readonly FieldError[] {
  const percent = typeof value === 'string' ? Number(/^(\d+)%$/.exec(value)?.[1] ?? 0) : 0;
  return percent > 100 ? [invalidValue(field, value, 'must not be greater than 100%')] : [];
}

export function isZero(value: IntOrString | undefined): boolean {
  return typeof value === 'string' ? /^0+%$/.test(value) : (value ?? 0) === 0;
}
