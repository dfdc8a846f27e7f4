import { invalidValue, labelKeyProblems, labelValueProblems, type FieldError } from '../../apimachinery/index.ts';
import { broken, invalidBy, oneOf } from '../field-rules.ts';
import type { Toleration } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

const EFFECTS = ['', 'NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const FOR_ALL = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';

export function validateTolerations(field: string, tolerations: readonly Sent<Toleration>[]): readonly FieldError[] {
  return tolerations.flatMap((toleration, index) => validateToleration(`${field}[${index}]`, toleration));
}

function validateToleration(field: string, toleration: Sent<Toleration>): readonly FieldError[] {
  const { key = '', value = '', effect = '', tolerationSeconds } = toleration;
  const operator = toleration.operator === undefined || toleration.operator === '' ? 'Equal' : toleration.operator;
  return [
    ...(key === '' ? [] : invalidBy(`${field}.key`, key, labelKeyProblems(key))),
    ...broken(
      [key === '' && operator !== 'Exists', invalidValue(`${field}.operator`, operator, FOR_ALL)],
      [
        operator === 'Exists' && value !== '',
        invalidValue(`${field}.operator`, toleration, "value must be empty when `operator` is 'Exists'"),
      ],
      [
        tolerationSeconds !== undefined && effect !== 'NoExecute',
        invalidValue(`${field}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"),
      ],
    ),
    ...(operator === 'Equal' && labelValueProblems(value).length > 0
      ? [invalidValue(`${field}.operator`, value, labelValueProblems(value).join(';'))]
      : []),
    ...oneOf(`${field}.operator`, operator, ['Equal', 'Exists']),
    ...oneOf(`${field}.effect`, effect, EFFECTS),
  ];
}
