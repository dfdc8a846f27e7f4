import {
  compareQuantities,
  invalidValue,
  labelKeyProblems,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { invalidBy } from '../field-rules.ts';
import type { ResourceRequirements } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { readQuantity, type SentAmounts as Amounts } from './quantities.ts';

/** Quantities are read, none is negative, and nobody asks for more than the limit. */
export function validateResources(
  field: string,
  resources: Sent<ResourceRequirements> | undefined,
): readonly FieldError[] {
  const { limits = {}, requests = {} } = resources ?? {};
  return [
    ...validateAmounts(`${field}.limits`, limits),
    ...validateAmounts(`${field}.requests`, requests),
    ...requestsWithinLimits(`${field}.requests`, requests, limits),
  ];
}

function validateAmounts(field: string, amounts: Amounts): readonly FieldError[] {
  return Object.entries(amounts).flatMap(([name, text = '']) => {
    const quantity = readQuantity(text);
    const errors = [...invalidBy(`${field}[${name}]`, name, labelKeyProblems(name))];
    if (typeof quantity === 'string') errors.push(invalidValue(`${field}[${name}]`, text, quantity));
    else if (quantity.nanos < 0n)
      errors.push(invalidValue(`${field}[${name}]`, text, 'must be greater than or equal to 0'));
    return errors;
  });
}

/** What cannot be shared out by halves is limited to what is asked for. */
const isOvercommitted = (name: string) => name === 'cpu' || name === 'memory' || name === 'ephemeral-storage';

function requestsWithinLimits(field: string, requests: Amounts, limits: Amounts): readonly FieldError[] {
  return Object.entries(requests).flatMap(([name, text = '']) => {
    const limitText = limits[name];
    if (limitText === undefined) {
      return isOvercommitted(name) || name.startsWith('kubernetes.io/') || !name.includes('/')
        ? []
        : [required(field.replace(/requests$/, 'limits'), 'Limit must be set for non overcommitable resources')];
    }
    const [request, limit] = [readQuantity(text), readQuantity(limitText)];
    if (typeof request === 'string' || typeof limit === 'string' || compareQuantities(request, limit) <= 0) return [];
    return [invalidValue(field, text, `must be less than or equal to ${name} limit of ${limitText}`)];
  });
}
