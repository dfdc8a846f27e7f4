import type { Expr } from './syntax/ast.ts';
import { CelSyntaxError } from './syntax/issue.ts';
import { childrenOf } from './syntax/nesting.ts';
import { parse } from './syntax/parser.ts';

/** Whether an expression reads `<variable>.<field>` anywhere. False for one that cannot be parsed. */
export function selectsField(expression: string, variable: string, field: string): boolean {
  const isIt = (expr: Expr) =>
    expr.kind === 'select' && expr.field === field && expr.operand.kind === 'ident' && expr.operand.name === variable;
  const reads = (expr: Expr): boolean => isIt(expr) || childrenOf(expr).some(reads);
  try {
    return reads(parse(expression));
  } catch (err) {
    if (err instanceof CelSyntaxError) return false;
    throw err;
  }
}
