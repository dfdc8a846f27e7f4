import { invalidValue, type FieldError } from '../../../apimachinery/index.ts';
import { compileBase } from './compiled-policy.ts';
import { compileExpression, RETURNS, type Expression } from './expressions.ts';
import { resolveMutationType, resultOf, textOf } from './mutate.ts';
import type { WebhookConfiguration } from '../webhooks/shapes.ts';
import type { MutatingPolicy, ValidatingPolicy } from './shapes.ts';

/** What is wrong with the expressions of a policy or of webhooks, by the field that each is in. */
export function problemsOfValidatingPolicy({ spec = {} }: ValidatingPolicy): readonly FieldError[] {
  const base = compileBase(spec);
  const { environment } = base;
  return [
    ...problemsOfBase(base),
    ...(spec.validations ?? []).flatMap(({ expression, messageExpression = '' }, index) => [
      ...problem(
        `spec.validations[${index}].expression`,
        compileExpression(expression, environment, RETURNS.condition),
      ),
      ...(messageExpression === ''
        ? []
        : problem(
            `spec.validations[${index}].messageExpression`,
            compileExpression(messageExpression, environment, RETURNS.message),
          )),
    ]),
    ...(spec.auditAnnotations ?? []).flatMap(({ valueExpression }, index) =>
      problem(
        `spec.auditAnnotations[${index}].valueExpression`,
        compileExpression(valueExpression, environment, RETURNS.annotation),
      ),
    ),
  ];
}

export function problemsOfMutatingPolicy({ spec = {} }: MutatingPolicy): readonly FieldError[] {
  const base = compileBase(spec, { resolveType: resolveMutationType });
  return [
    ...problemsOfBase(base),
    ...(spec.mutations ?? []).flatMap((mutation, index) => {
      const field = mutation.patchType === 'JSONPatch' ? 'jsonPatch' : 'applyConfiguration';
      const expression = compileExpression(textOf(mutation), base.environment, [resultOf(mutation)]);
      return problem(`spec.mutations[${index}].${field}.expression`, expression);
    }),
  ];
}

export function problemsOfWebhooks({ webhooks = [] }: WebhookConfiguration): readonly FieldError[] {
  return webhooks.flatMap(({ matchConditions = [] }, index) =>
    matchConditions.flatMap(({ expression: text }, position) => {
      const expression = compileExpression(text, { hasParams: false }, RETURNS.condition);
      return problem(`webhooks[${index}].matchConditions[${position}].expression`, expression);
    }),
  );
}

function problemsOfBase({ variables, conditions }: ReturnType<typeof compileBase>): readonly FieldError[] {
  return [
    ...conditions.flatMap(({ expression }, index) => problem(`spec.matchConditions[${index}].expression`, expression)),
    ...[...variables.expressions.values()].flatMap((expression, index) =>
      problem(`spec.variables[${index}].expression`, expression),
    ),
  ];
}

function problem(field: string, expression: Expression): readonly FieldError[] {
  return 'problem' in expression ? [invalidValue(field, expression.text, expression.problem)] : [];
}
