import type { CelValue } from '../values/cel-value.ts';

/** `at` is the offset that messages point to: of the operator, the dot or the bracket, as users know it. */
export type Expr = Literal | Ident | Select | Call | ListLiteral | MapLiteral | StructLiteral | Comprehension | Bind;

export interface Literal {
  readonly kind: 'literal';
  readonly at: number;
  readonly value: CelValue;
  readonly type: 'null' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes';
}

export interface Ident {
  readonly kind: 'ident';
  readonly at: number;
  readonly name: string;
}

export interface Select {
  readonly kind: 'select';
  readonly at: number;
  readonly operand: Expr;
  readonly field: string;
  /** `a.?b` */
  readonly optional: boolean;
  /** `has(a.b)` */
  readonly testOnly: boolean;
}

/** Operators are calls too, named like `_+_`. */
export interface Call {
  readonly kind: 'call';
  readonly at: number;
  readonly name: string;
  readonly target?: Expr;
  readonly args: readonly Expr[];
}

export interface ListLiteral {
  readonly kind: 'list';
  readonly at: number;
  readonly items: readonly { readonly value: Expr; readonly optional: boolean }[];
}

export interface MapLiteral {
  readonly kind: 'map';
  readonly at: number;
  readonly entries: readonly MapLiteralEntry[];
}

export interface MapLiteralEntry {
  readonly at: number;
  readonly key: Expr;
  readonly value: Expr;
  readonly optional: boolean;
}

export interface StructLiteral {
  readonly kind: 'struct';
  readonly at: number;
  readonly name: string;
  readonly fields: readonly StructLiteralField[];
}

export interface StructLiteralField {
  readonly at: number;
  readonly name: string;
  readonly value: Expr;
  readonly optional: boolean;
}

export type ComprehensionKind =
  'all' | 'exists' | 'existsOne' | 'map' | 'filter' | 'transformList' | 'transformMap' | 'transformMapEntry';

/** A loop over a list or map: the macros that upstream unrolls into a general fold. */
export interface Comprehension {
  readonly kind: 'comprehension';
  readonly at: number;
  readonly macro: ComprehensionKind;
  readonly range: Expr;
  /** One, or two: index or key, and value. */
  readonly variables: readonly string[];
  /** Only elements for which this holds are transformed. */
  readonly filter?: Expr;
  readonly body: Expr;
}

/** `cel.bind(name, init, body)` */
export interface Bind {
  readonly kind: 'bind';
  readonly at: number;
  readonly variable: string;
  readonly init: Expr;
  readonly body: Expr;
}

/** `a.b.c` of plain names; `undefined` for anything else. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.optional || expr.testOnly) return undefined;
  const operand = qualifiedName(expr.operand);
  return operand === undefined ? undefined : `${operand}.${expr.field}`;
}
