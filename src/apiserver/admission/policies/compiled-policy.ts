import { DYN, type CelField, type CelObjectType, type CelType } from '../../../cel/index.ts';
import { compileExpression, RETURNS, type EnvironmentOptions, type Expression } from './expressions.ts';
import type { CompiledCondition } from './match-conditions.ts';
import type { Variables } from './policy-run.ts';
import type { PolicySpec } from './shapes.ts';

/** What validating and mutating policies have in common. */
export interface CompiledBase {
  readonly environment: EnvironmentOptions;
  readonly variables: Variables;
  readonly conditions: readonly CompiledCondition[];
}

/** A variable may use those before it. */
export function compileBase(
  spec: PolicySpec,
  extra: Pick<EnvironmentOptions, 'resolveType' | 'object'> = {},
): CompiledBase {
  const fields = new Map<string, CelField>();
  const type: CelObjectType = { kind: 'object', name: 'kubernetes.variables', field: (name) => fields.get(name) };
  const environment: EnvironmentOptions = { hasParams: spec.paramKind !== undefined, variables: type, ...extra };
  const expressions = new Map<string, Expression>();
  for (const { name, expression: text } of spec.variables ?? []) {
    const expression = compileExpression(text, environment);
    expressions.set(name, expression);
    fields.set(name, { name, type: resultType(expression) });
  }
  const conditions = (spec.matchConditions ?? []).map(({ name, expression }) => ({
    name,
    expression: compileExpression(expression, environment, RETURNS.condition),
  }));
  return { environment, variables: { type, expressions }, conditions };
}

function resultType(expression: Expression): CelType {
  return 'program' in expression ? expression.program.resultType : DYN;
}
