import type { AdmissionRequest } from '../../admission.ts';
import type { Authorizer } from '../../security.ts';
import type { Equivalent } from '../matching/equivalents.ts';
import { bindingsOf } from '../policies/bindings-of-request.ts';
import { compileExpression, RETURNS } from '../policies/expressions.ts';
import {
  conditionsRun,
  evaluateConditions,
  type CompiledCondition,
  type ConditionsResult,
} from '../policies/match-conditions.ts';
import type { MatchCondition } from '../policies/shapes.ts';

export interface ConditionDeps {
  readonly authorizer: Authorizer;
  readonly matched: Equivalent;
  readonly signal: AbortSignal;
}

/** Whether a webhook wants to be asked about a request. */
export async function checkConditions(
  conditions: readonly MatchCondition[],
  request: AdmissionRequest,
  { authorizer, matched, signal }: ConditionDeps,
): Promise<ConditionsResult> {
  const compiled = conditions.map(compileCondition);
  const { values, book } = await bindingsOf(request, matched, { authorizer, namespaceObject: undefined });
  return book.settled(() => evaluateConditions(compiled, conditionsRun(values)), signal);
}

function compileCondition({ name, expression }: MatchCondition): CompiledCondition {
  return { name, expression: compileExpression(expression, { hasParams: false }, RETURNS.condition) };
}
