import { CEL_LIMITS } from '../../../cel/index.ts';
import type { Expression } from './expressions.ts';
import { PolicyRun } from './policy-run.ts';

export interface CompiledCondition {
  readonly name: string;
  readonly expression: Expression;
}

export type ConditionsResult =
  | { readonly matches: boolean; readonly failed?: never }
  /** None was false and at least one could not be evaluated. */
  | { readonly matches?: never; readonly failed: string };

/** All have to hold. One that is false decides, whatever else failed. */
export function evaluateConditions(conditions: readonly CompiledCondition[], run: PolicyRun): ConditionsResult {
  const errors: string[] = [];
  for (const { name, expression } of conditions) {
    const outcome = run.evaluate(expression);
    if (!outcome.ok) errors.push(`match condition "${name}": ${outcome.error}`);
    else if (outcome.value !== true) return { matches: false };
  }
  return errors.length === 0 ? { matches: true } : { failed: errors.join('; ') };
}

/** The budget that a webhook's conditions have of their own. */
export function conditionsRun(bindings: Readonly<Record<string, unknown>>): PolicyRun {
  return new PolicyRun(bindings, undefined, CEL_LIMITS.costOfMatchConditions);
}
