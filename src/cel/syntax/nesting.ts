import type { Expr } from './ast.ts';

/** How deep an expression is nested; found without recursion, which it is to protect. */
export function nestingOf(expr: Expr): number {
  let deepest = 0;
  const left: (readonly [Expr, number])[] = [[expr, 1]];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [part, depth] = next;
    deepest = Math.max(deepest, depth);
    for (const child of childrenOf(part)) left.push([child, depth + 1]);
  }
  return deepest;
}

/** What an expression is made of. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
      return [expr.operand];
    case 'call':
      return expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    case 'list':
      return expr.items.map(({ value }) => value);
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct':
      return expr.fields.map(({ value }) => value);
    case 'comprehension':
      return [expr.range, ...(expr.filter === undefined ? [] : [expr.filter]), expr.body];
    case 'bind':
      return [expr.init, expr.body];
  }
}
