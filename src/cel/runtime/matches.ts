import type { CelType } from '../cel-type.ts';
import type { CelValue } from '../values/cel-value.ts';
import { typeOfValue } from '../values/type-of-value.ts';

/** Whether a value is of a kind: what parts it has is not looked at. */
export function matches(value: CelValue, type: CelType): boolean {
  if (type.kind === 'dyn' || type.kind === 'parameter') return true;
  const actual = typeOfValue(value);
  if (actual.kind === 'object' && type.kind === 'map') return true;
  if (actual.kind !== type.kind) return false;
  return actual.kind === 'opaque' && type.kind === 'opaque' ? actual.name === type.name : true;
}
