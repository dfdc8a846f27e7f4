import { CelError, noSuchOverload } from '../values/cel-error.ts';
import type { CelValue } from '../values/cel-value.ts';
import { Optional } from '../values/optional.ts';
import { equal } from '../values/equal.ts';
import { sizeOf } from '../values/size.ts';
import { overload, type Overload } from './overload.ts';
import * as receive from './receive.ts';

/** `or` and `orValue` are also planned as operators that leave their right side alone when they can. */
export const OPTIONALS: readonly Overload[] = [
  overload('optional.of', '(A): optional(A)', ([a]) => new Optional(receive.any(a))),
  overload('optional.none', '(): optional(A)', () => new Optional()),
  overload('optional.ofNonZeroValue', '(A): optional(A)', ([a]) =>
    isZero(receive.any(a)) ? new Optional() : new Optional(receive.any(a)),
  ),
  overload('hasValue', 'optional(A).(): bool', ([a]) => optional(a).value !== undefined),
  overload('value', 'optional(A).(): A', ([a]) => {
    const { value } = optional(a);
    if (value === undefined) throw new CelError('optional.none() dereference');
    return value;
  }),
  overload('or', 'optional(A).(optional(A)): optional(A)', ([a, b]) =>
    optional(a).value === undefined ? optional(b) : optional(a),
  ),
  overload('orValue', 'optional(A).(A): A', ([a, b]) => optional(a).value ?? receive.any(b)),
];

function optional(value: CelValue | undefined): Optional {
  if (value instanceof Optional) return value;
  throw noSuchOverload();
}

function isZero(value: CelValue): boolean {
  if (value === null || value === false || value === '') return true;
  if (typeof value === 'bigint' || typeof value === 'number') return equal(value, 0n);
  return sizeOf(value) === 0;
}
