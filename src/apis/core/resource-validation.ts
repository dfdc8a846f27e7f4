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
import { quantityProblems, readQuantity, type SentAmounts as Amounts } from './quantities.ts';
import { isContainerResource, isExtendedResource } from './resource-names.ts';

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
    const where = `${field}[${name}]`;
    const problems = invalidBy(where, name, labelKeyProblems(name));
    const isForeign = problems.length === 0 && !isContainerResource(name);
    const quantity = readQuantity(text);
    const isFraction = typeof quantity !== 'string' && quantity.nanos % NANOS_PER_UNIT !== 0n;
    return [
      ...(isForeign ? [invalidValue(where, name, 'must be a standard resource for containers')] : problems),
      ...quantityProblems(where, text),
      ...(isFraction && isExtendedResource(name) ? [invalidValue(where, text, 'must be an integer')] : []),
    ];
  });
}

const NANOS_PER_UNIT = 1_000_000_000n;

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
