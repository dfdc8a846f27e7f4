import { formatType, type CelType } from './cel-type.ts';
import { check } from './check/checker.ts';
import { literalIssues } from './check/literal-issues.ts';
import { Unification } from './check/unification.ts';
import {
  CEL_LIMITS,
  type CelCompilation,
  type CelCompileOptions,
  type CelIssue,
  type CelOutcome,
  type CelProgram,
} from './contract.ts';
import { estimateCost } from './cost/estimate.ts';
import { FUNCTIONS } from './library/functions.ts';
import { Frame, type Step } from './runtime/frame.ts';
import { createPatterns } from './runtime/patterns.ts';
import { plan } from './runtime/planner.ts';
import type { Expr } from './syntax/ast.ts';
import { CelSyntaxError, formatIssue, issueAt } from './syntax/issue.ts';
import { parse } from './syntax/parser.ts';
import { CelError, CostLimitExceeded } from './values/cel-error.ts';
import type { CelValue } from './values/cel-value.ts';
import { variableFromJson } from './values/from-json.ts';
import { typeName } from './values/type-value.ts';

/** Parses, checks and plans an expression. What is wrong with it is in the result; nothing is thrown. */
export function compileCel(options: CelCompileOptions): CelCompilation {
  const { expression, variables, resolveType = () => undefined } = options;
  const parsed = parsedOrIssue(expression);
  if ('message' in parsed) return failure(expression, [parsed]);

  const { checked, issues: typeIssues } = check(parsed.expr, { variables, functions: FUNCTIONS, resolveType });
  const issues = typeIssues.length > 0 ? typeIssues : literalIssues(checked);
  if (issues.length > 0) {
    return failure(
      expression,
      issues.map((issue) => issueAt(expression, issue)),
    );
  }
  const resultType = checked.types.get(parsed.expr) ?? { kind: 'dyn' };
  const wrongResult = unexpectedResult(resultType, options.expects);
  if (wrongResult !== undefined) return { ok: false, issues: [], message: wrongResult };

  const step = plan(checked, resolveType);
  const pattern = createPatterns();
  const program: CelProgram = {
    expression,
    resultType,
    reads: checked.reads,
    estimatedCost: estimateCost(checked),
    evaluate: (bindings, { costLimit = CEL_LIMITS.costPerCall } = {}) =>
      evaluate(step, new Frame(readVariables(bindings, variables), pattern, costLimit)),
  };
  return { ok: true, program };
}

function parsedOrIssue(expression: string): { readonly expr: Expr } | CelIssue {
  try {
    return { expr: parse(expression) };
  } catch (err) {
    if (err instanceof CelSyntaxError) return issueAt(expression, err);
    throw err;
  }
}

function failure(expression: string, issues: readonly CelIssue[]): CelCompilation {
  const message = `compilation failed: ${issues.map((issue) => formatIssue(expression, issue)).join('\n')}`;
  return { ok: false, issues, message };
}

function unexpectedResult(type: CelType, expects: CelCompileOptions['expects']): string | undefined {
  if (expects === undefined) return undefined;
  const expected = 'kind' in expects ? [expects] : expects;
  if (expected.some((candidate) => new Unification().assign(type, candidate))) return undefined;
  const [only] = expected;
  return expected.length === 1 && only !== undefined
    ? `must evaluate to ${formatType(only)}`
    : `must evaluate to one of [${expected.map(typeName).join(' ')}]`;
}

/** Each variable is read once, when it is first needed. */
function readVariables(
  bindings: Readonly<Record<string, unknown>>,
  types: Readonly<Record<string, CelType>>,
): (name: string) => CelValue {
  const read = new Map<string, CelValue>();
  return (name) => {
    const known = read.get(name);
    if (known !== undefined) return known;
    const type = types[name];
    if (type === undefined || !Object.hasOwn(bindings, name)) throw new CelError(`no such attribute(s): ${name}`);
    const value = variableFromJson(bindings[name], type);
    read.set(name, value);
    return value;
  };
}

function evaluate(step: Step, frame: Frame): CelOutcome {
  try {
    return { ok: true, value: step(frame), cost: frame.cost };
  } catch (err) {
    if (err instanceof CostLimitExceeded) return { ok: false, error: err.message, cost: frame.cost, overBudget: true };
    if (err instanceof CelError) return { ok: false, error: err.message, cost: frame.cost, overBudget: false };
    throw err;
  }
}
