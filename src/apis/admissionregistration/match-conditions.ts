import { duplicate, labelKeyProblems, required, tooMany, type FieldError } from '../../apimachinery/index.ts';
import { requiredName } from '../field-rules.ts';
import type { MatchCondition } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

const MAX_CONDITIONS = 64;

export function validateMatchConditions(
  field: string,
  conditions: readonly Sent<MatchCondition>[] = [],
): readonly FieldError[] {
  const names = conditions.map(({ name = '' }) => name);
  return [
    ...(conditions.length > MAX_CONDITIONS ? [tooMany(field, conditions.length, MAX_CONDITIONS)] : []),
    ...conditions.flatMap(({ name = '', expression = '' }, index) => [
      ...(expression.trim() === '' ? [required(`${field}[${index}].expression`)] : []),
      ...requiredName(`${field}[${index}].name`, name, labelKeyProblems),
      ...(name !== '' && names.indexOf(name) < index ? [duplicate(`${field}[${index}].name`, name)] : []),
    ]),
  ];
}
