import type { Call, Comprehension, ComprehensionKind, Expr } from './ast.ts';
import { CelSyntaxError } from './issue.ts';

type Expansion = (call: Call, target: Expr) => Expr | undefined;

/** Calls that are not functions: their arguments are names and expressions to be evaluated many times, or not at all. */
export function expandMacro(call: Call): Expr {
  if (call.target === undefined) return call.name === 'has' && call.args.length === 1 ? has(call) : call;
  if (call.target.kind === 'ident' && call.target.name === 'cel' && call.name === 'bind' && call.args.length === 3) {
    return bind(call);
  }
  if (isExtreme(call) && call.args.length > 2) return nestedExtreme(call);
  return EXPANSIONS.get(call.name)?.(call, call.target) ?? call;
}

const EXPANSIONS: ReadonlyMap<string, Expansion> = new Map(
  Object.entries<Expansion>({
    all: (call, target) => predicate('all', call, target),
    exists: (call, target) => predicate('exists', call, target),
    exists_one: (call, target) => predicate('existsOne', call, target),
    existsOne: (call, target) => predicate('existsOne', call, target),
    map: (call, target) => transform('map', call, target, 1),
    filter: (call, target) => (call.args.length === 2 ? predicate('filter', call, target) : undefined),
    transformList: (call, target) => transform('transformList', call, target, 2),
    transformMap: (call, target) => transform('transformMap', call, target, 2),
    transformMapEntry: (call, target) => transform('transformMapEntry', call, target, 2),
    optMap: (call, target) => optionalMap(call, target, true),
    optFlatMap: (call, target) => optionalMap(call, target, false),
  }),
);

function has(call: Call): Expr {
  const [argument] = call.args;
  if (argument?.kind !== 'select' || argument.optional) {
    throw new CelSyntaxError(argument?.at ?? call.at, 'invalid argument to has() macro');
  }
  return { ...argument, at: call.at, testOnly: true };
}

function bind(call: Call): Expr {
  const [name, init, body] = call.args;
  if (init === undefined || body === undefined) return call;
  return {
    kind: 'bind',
    at: call.at,
    variable: variableName(name, 'cel.bind() variable names must be simple identifiers'),
    init,
    body,
  };
}

/** `range.macro(x, p)` or `range.macro(i, x, p)`. */
function predicate(macro: ComprehensionKind, call: Call, range: Expr): Comprehension | undefined {
  const { args } = call;
  const body = args.at(-1);
  if (body === undefined || args.length < 2 || args.length > 3) return undefined;
  return { kind: 'comprehension', at: call.at, macro, range, variables: variableNames(args.slice(0, -1)), body };
}

/** `range.macro(x, e)` or, with a filter, `range.macro(x, p, e)`. */
function transform(
  macro: ComprehensionKind,
  call: Call,
  range: Expr,
  variableCount: number,
): Comprehension | undefined {
  const { args } = call;
  const body = args.at(-1);
  if (body === undefined || args.length < variableCount + 1 || args.length > variableCount + 2) return undefined;
  const variables = variableNames(args.slice(0, variableCount));
  const filter = args.length === variableCount + 2 ? args[variableCount] : undefined;
  return { kind: 'comprehension', at: call.at, macro, range, variables, ...(filter && { filter }), body };
}

/** A name that nobody can write. */
const RECEIVER = '@optional';

/** The receiver is bound first: in a chain of these each would otherwise be evaluated twice as often as the one before. */
function optionalMap(call: Call, target: Expr, wraps: boolean): Expr | undefined {
  const { at, args } = call;
  const [name, body] = args;
  if (args.length !== 2 || body === undefined) return undefined;
  const variable = variableName(name, `${call.name}() variable name must be a simple identifier`);
  const optional: Expr = { kind: 'ident', at, name: 'optional' };
  const receiver: Expr = { kind: 'ident', at, name: RECEIVER };
  const init: Expr = { kind: 'call', at, name: 'value', target: receiver, args: [] };
  const mapped: Expr = { kind: 'bind', at, variable, init, body };
  const choice: Expr = {
    kind: 'call',
    at,
    name: '_?_:_',
    args: [
      { kind: 'call', at, name: 'hasValue', target: receiver, args: [] },
      wraps ? { kind: 'call', at, name: 'of', target: optional, args: [mapped] } : mapped,
      { kind: 'call', at, name: 'none', target: optional, args: [] },
    ],
  };
  return { kind: 'bind', at, variable: RECEIVER, init: target, body: choice };
}

function variableNames(args: readonly Expr[]): readonly string[] {
  return args.map((arg) => variableName(arg, 'argument must be a simple name'));
}

function variableName(arg: Expr | undefined, problem: string): string {
  if (arg?.kind !== 'ident') throw new CelSyntaxError(arg?.at ?? 0, problem);
  return arg.name;
}

function isExtreme({ name, target }: Call): boolean {
  return target?.kind === 'ident' && target.name === 'math' && (name === 'greatest' || name === 'least');
}

/** Of two at a time: `math.least(math.least(a, b), c)`. */
function nestedExtreme(call: Call): Expr {
  const [first, ...rest] = call.args;
  if (first === undefined) return call;
  return rest.reduce<Expr>((best, next) => ({ ...call, args: [best, next] }), first);
}
