import {
  duplicate,
  invalidValue,
  labelKeyProblems,
  labelValueProblems,
  type FieldError,
} from '../../apimachinery/index.ts';
import { invalidBy, requiredOneOf } from '../field-rules.ts';
import type { Taint } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

/** Of a node, or of whatever else keeps away what does not tolerate it. `path` is that of the list. */
export function validateTaints(path: string, taints: readonly Sent<Taint>[]): readonly FieldError[] {
  const keys = taints.map(({ key = '', effect = '' }) => `${effect} ${key}`);
  return taints.flatMap((taint, index) => {
    const field = `${path}[${index}]`;
    const isKnown = keys.indexOf(keys[index] ?? '') < index;
    return [...validateTaint(field, taint), ...(isKnown ? [secondTaint(field, taint)] : [])];
  });
}

function validateTaint(field: string, { key = '', value = '', effect }: Sent<Taint>): readonly FieldError[] {
  const problems = labelValueProblems(value);
  return [
    ...invalidBy(`${field}.key`, key, labelKeyProblems(key)),
    ...(problems.length > 0 ? [invalidValue(`${field}.value`, value, problems.join(';'))] : []),
    ...requiredOneOf(`${field}.effect`, effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
  ];
}

function secondTaint(field: string, { key = '', value = '', effect = '', timeAdded }: Sent<Taint>): FieldError {
  const error = duplicate(field, { Key: key, Value: value, Effect: effect, TimeAdded: timeAdded ?? null });
  return { ...error, message: `${error.message}: taints must be unique by key and effect pair` };
}
