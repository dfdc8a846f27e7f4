import {
  deepEqual,
  forbiddenField,
  invalidValue,
  labelKeyProblems,
  labelValueProblems,
  notSupported,
  required,
  validateLabels,
  type FieldError,
  type LabelSelector,
} from '../apimachinery/index.ts';
import type { Sent } from './sent.ts';

/** One error for each problem that a rule of names found. */
export function invalidBy(field: string, value: string, problems: readonly string[]): readonly FieldError[] {
  return problems.map((problem) => invalidValue(field, value, problem));
}

/** As `invalidBy`, with its own error for nothing at all. */
export function requiredName(
  field: string,
  name: string | undefined,
  problemsOf: (name: string) => readonly string[],
): readonly FieldError[] {
  return name === undefined || name === '' ? [required(field)] : invalidBy(field, name, problemsOf(name));
}

export function within(field: string, value: number | undefined, [min, max]: readonly [number, number]): FieldError[] {
  if (value === undefined || (value >= min && value <= max)) return [];
  return [invalidValue(field, value, `must be between ${min} and ${max}, inclusive`)];
}

/** The errors whose rule is broken. */
export function broken(...rules: readonly (readonly [isBroken: boolean, error: FieldError])[]): FieldError[] {
  return rules.filter(([isBroken]) => isBroken).map(([, error]) => error);
}

export const PORTS = [1, 65_535] as const;

export function validPort(field: string, port: number | undefined): FieldError[] {
  return within(field, port ?? 0, PORTS);
}

export function nonNegative(field: string, value: number | undefined): FieldError[] {
  return value === undefined || value >= 0 ? [] : [invalidValue(field, value, 'must be greater than or equal to 0')];
}

/** Nothing at all is another rule's business. */
export function oneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

export function requiredOneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value === undefined || value === '' ? [required(field)] : oneOf(field, value, supported);
}

export function immutable(field: string, value: unknown, old: unknown): FieldError[] {
  return deepEqual(value, old) ? [] : [invalidValue(field, value, 'field is immutable')];
}

/** Absent ones are another rule's business. */
export function validLabelSelector(field: string, selector: Sent<LabelSelector> | undefined): readonly FieldError[] {
  const expressions = selector?.matchExpressions ?? [];
  return [
    ...validateLabels(`${field}.matchLabels`, definedOnly(selector?.matchLabels)),
    ...expressions.flatMap((expression, index) => validExpression(`${field}.matchExpressions[${index}]`, expression)),
  ];
}

export function isEmptySelector(selector: Sent<LabelSelector>): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}

type Expression = NonNullable<Sent<LabelSelector>['matchExpressions']>[number];

function validExpression(field: string, { key = '', operator = '', values = [] }: Expression): readonly FieldError[] {
  const errors = [...invalidBy(`${field}.key`, key, labelKeyProblems(key))];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      errors.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      errors.push(forbiddenField(`${field}.values`, why));
    }
  } else {
    errors.push(invalidValue(`${field}.operator`, operator, 'not a valid selector operator'));
  }
  const ofValues = values.flatMap((value, index) =>
    invalidBy(`${field}.values[${index}]`, value, labelValueProblems(value)),
  );
  return [...errors, ...ofValues];
}

/** A map as it was sent, without the holes that the type allows. */
export function definedOnly(map: Readonly<Partial<Record<string, string>>> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
