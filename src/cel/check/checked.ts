import type { CelType } from '../cel-type.ts';
import type { Overload } from '../library/overload.ts';
import type { Call, Expr } from '../syntax/ast.ts';

/** What the checker found out about an expression: what the planner and the estimate go by. */
export interface Checked {
  readonly expr: Expr;
  readonly types: ReadonlyMap<Expr, CelType>;
  /** Of each call the overloads that its arguments may mean. */
  readonly overloads: ReadonlyMap<Expr, readonly Overload[]>;
  /** Names, and selections read as qualified names, that mean a type. */
  readonly typeNames: ReadonlyMap<Expr, CelType>;
  /** Selections that are names of declared variables, as `authorizer.requestResource` is. */
  readonly dottedVariables: ReadonlyMap<Expr, string>;
  /** Declared variables that are read. */
  readonly reads: ReadonlySet<string>;
  /** Calls whose receiver is only a namespace, as in `math.least(a, b)`. */
  readonly namespaced: ReadonlySet<Expr>;
}

/** What a call is given: its receiver first, unless that only says where the function is. */
export function argumentsOf(call: Call, { namespaced }: Pick<Checked, 'namespaced'>): readonly Expr[] {
  return call.target === undefined || namespaced.has(call) ? call.args : [call.target, ...call.args];
}
