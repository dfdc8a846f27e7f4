import type { FieldError } from '../../apimachinery/index.ts';

/** The errors whose rule is broken. */
export function broken(...rules: readonly (readonly [isBroken: boolean, error: FieldError])[]): readonly FieldError[] {
  return rules.filter(([isBroken]) => isBroken).map(([, error]) => error);
}
