import type { CelObjectType } from './cel-type.ts';
import type { CelOutcome } from './contract.ts';
import { CelError } from './values/cel-error.ts';
import { CelStruct } from './values/cel-struct.ts';
import type { CelValue } from './values/cel-value.ts';

/** An object whose fields are evaluated when they are first read, and only then: the `variables` of a policy. */
export function lazyObject(type: CelObjectType, read: (field: string) => CelOutcome): CelStruct {
  const known = new Map<string, CelOutcome>();
  const get = (field: string): CelValue | undefined => {
    if (type.field(field) === undefined) return undefined;
    const outcome = known.get(field) ?? read(field);
    known.set(field, outcome);
    if (outcome.ok) return outcome.value;
    throw new CelError(`composited variable "${field}" fails to evaluate: ${outcome.error}`);
  };
  return new CelStruct(type, get);
}
