import {
  BOOL,
  BYTES,
  DOUBLE,
  DYN,
  formatType,
  INT,
  listOf,
  mapOf,
  NULL,
  optionalOf,
  STRING,
  UINT,
  type CelType,
} from '../cel-type.ts';
import type { FunctionTable } from '../library/function-table.ts';
import type { Overload } from '../library/overload.ts';
import type {
  Bind,
  Call,
  Comprehension,
  Expr,
  Ident,
  ListLiteral,
  MapLiteral,
  Select,
  StructLiteral,
} from '../syntax/ast.ts';
import { qualifiedName } from '../syntax/ast.ts';
import type { LocatedIssue } from '../syntax/issue.ts';
import { argumentsOf, type Checked } from './checked.ts';
import { Scopes } from './scopes.ts';
import { TYPE_NAMES } from './type-names.ts';
import { Unification } from './unification.ts';

export interface CheckerDeps {
  readonly variables: Readonly<Record<string, CelType>>;
  readonly functions: FunctionTable;
  readonly resolveType: (name: string) => CelType | undefined;
}

/** Finds every fault it can: after one, the part is dyn and the rest is checked on. */
export function check(expr: Expr, deps: CheckerDeps): { readonly checked: Checked; readonly issues: LocatedIssue[] } {
  const checker = new Checker(deps);
  return checker.run(expr);
}

const LITERALS = { null: NULL, bool: BOOL, int: INT, uint: UINT, double: DOUBLE, string: STRING, bytes: BYTES };

class Checker {
  readonly #deps: CheckerDeps;
  readonly #scopes: Scopes;
  readonly #unification = new Unification();
  readonly #types = new Map<Expr, CelType>();
  readonly #overloads = new Map<Expr, readonly Overload[]>();
  readonly #typeNames = new Map<Expr, CelType>();
  readonly #dottedVariables = new Map<Expr, string>();
  readonly #namespaced = new Set<Expr>();
  readonly #issues: LocatedIssue[] = [];

  constructor(deps: CheckerDeps) {
    this.#deps = deps;
    this.#scopes = new Scopes(deps.variables);
  }

  run(expr: Expr): { readonly checked: Checked; readonly issues: LocatedIssue[] } {
    this.#check(expr);
    const types = new Map([...this.#types].map(([part, type]) => [part, this.#unification.resolve(type)]));
    const checked: Checked = {
      expr,
      types,
      overloads: this.#overloads,
      typeNames: this.#typeNames,
      dottedVariables: this.#dottedVariables,
      reads: this.#scopes.reads,
      namespaced: this.#namespaced,
    };
    return { checked, issues: this.#issues };
  }

  #check(expr: Expr): CelType {
    const type = this.#typeOf(expr);
    this.#types.set(expr, type);
    return type;
  }

  #typeOf(expr: Expr): CelType {
    switch (expr.kind) {
      case 'literal':
        return LITERALS[expr.type];
      case 'ident':
        return this.#ident(expr);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'struct':
        return this.#struct(expr);
      case 'comprehension':
        return this.#comprehension(expr);
      case 'bind':
        return this.#bind(expr);
    }
  }

  #ident(expr: Ident): CelType {
    return (
      this.#scopes.variable(expr.name) ??
      this.#typeName(expr, expr.name) ??
      this.#report(expr.at, `undeclared reference to '${expr.name}' (in container '')`)
    );
  }

  #typeName(expr: Expr, name: string): CelType | undefined {
    const type = TYPE_NAMES.get(name) ?? this.#deps.resolveType(name);
    if (type === undefined) return undefined;
    this.#typeNames.set(expr, type);
    return { kind: 'type', of: type };
  }

  #select(expr: Select): CelType {
    const named = this.#qualified(expr);
    if (named !== undefined) return named;
    const operand = this.#unification.settled(this.#check(expr.operand));
    const field = this.#fieldType(expr, operand);
    if (expr.testOnly) return BOOL;
    return expr.optional && !isOptional(field) ? optionalOf(field) : field;
  }

  /** `a.b` that is one name: of a variable, or of a type if `a` is no variable. */
  #qualified(expr: Select): CelType | undefined {
    const [root, name] = [rootName(expr), qualifiedName(expr)];
    if (root === undefined || name === undefined || this.#scopes.isLocal(root)) return undefined;
    const variable = this.#scopes.variable(name);
    if (variable !== undefined) this.#dottedVariables.set(expr, name);
    if (variable !== undefined || this.#scopes.has(root)) return variable;
    return this.#typeName(expr, name);
  }

  #fieldType(expr: Select, operand: CelType): CelType {
    if (isOptional(operand)) {
      const field = this.#fieldType(expr, this.#unification.settled(operand.parameters[0] ?? DYN));
      return expr.testOnly || isOptional(field) ? field : optionalOf(field);
    }
    switch (operand.kind) {
      case 'map':
        return operand.values;
      case 'object': {
        const field = operand.field(expr.field);
        return field?.type ?? this.#report(expr.at, `undefined field '${expr.field}'`);
      }
      case 'dyn':
      case 'parameter':
        return DYN;
      default:
        return this.#report(expr.at, `type '${this.#show(operand)}' does not support field selection`);
    }
  }

  #call(expr: Call): CelType {
    if (expr.name === '_&&_' || expr.name === '_||_') return this.#logic(expr);
    if (expr.name === '_?_:_') return this.#conditional(expr);
    const namespace = expr.target === undefined ? undefined : this.#namespaceOf(expr.target, expr.name);
    const isMember = expr.target !== undefined && namespace === undefined;
    const name = namespace === undefined ? expr.name : `${namespace}.${expr.name}`;
    if (namespace !== undefined) this.#namespaced.add(expr);

    const types = argumentsOf(expr, { namespaced: this.#namespaced }).map((arg) => this.#check(arg));
    const candidates = this.#deps.functions.candidates(name);
    if (candidates.length === 0) return this.#report(expr.at, `undeclared reference to '${name}' (in container '')`);
    return this.#resolve(expr, name, { types, isMember, candidates });
  }

  #resolve(
    expr: Call,
    name: string,
    call: { readonly types: readonly CelType[]; readonly isMember: boolean; readonly candidates: readonly Overload[] },
  ): CelType {
    const { types, isMember } = call;
    const matching: Overload[] = [];
    let result: CelType | undefined;
    for (const candidate of call.candidates) {
      if (candidate.isMember !== isMember || candidate.parameters.length !== types.length) continue;
      const signature = this.#unification.instantiate([...candidate.parameters, candidate.result]);
      if (!this.#unification.assignAll(types, signature.slice(0, -1))) continue;
      matching.push(candidate);
      const own = signature.at(-1) ?? DYN;
      result = result === undefined || this.#same(result, own) ? (result ?? own) : DYN;
    }
    this.#overloads.set(expr, matching);
    if (result !== undefined) return result;
    return this.#report(
      expr.at,
      `found no matching overload for '${name}' applied to '${this.#applied(types, isMember)}'`,
    );
  }

  #applied(types: readonly CelType[], isMember: boolean): string {
    const [receiver, ...rest] = types.map((type) => this.#show(type));
    return isMember ? `${receiver ?? ''}.(${rest.join(', ')})` : `(${[receiver, ...rest].join(', ')})`;
  }

  #logic(expr: Call): CelType {
    for (const arg of expr.args) this.#expect(arg, BOOL, expr);
    return BOOL;
  }

  /** Operands that are not bool are told of as one call that matches no overload. */
  #expect(arg: Expr, type: CelType, call: Call): void {
    if (this.#unification.assign(this.#check(arg), type)) return;
    const types = call.args.map((part) => this.#types.get(part) ?? this.#check(part));
    this.#report(call.at, `found no matching overload for '${call.name}' applied to '${this.#applied(types, false)}'`);
  }

  #conditional(expr: Call): CelType {
    const types = expr.args.map((arg) => this.#check(arg));
    const [condition = DYN, whenTrue = DYN, whenFalse = DYN] = types;
    const result = this.#unification.fresh();
    if (this.#unification.assignAll([condition, whenTrue, whenFalse], [BOOL, result, result])) {
      return this.#isDyn(whenTrue) || this.#isDyn(whenFalse) ? DYN : result;
    }
    return this.#report(
      expr.at,
      `found no matching overload for '${expr.name}' applied to '${this.#applied(types, false)}'`,
    );
  }

  #list(expr: ListLiteral): CelType {
    let items = this.#unification.fresh();
    expr.items.forEach(({ value, optional }) => {
      const type = this.#check(value);
      items = this.#joined(items, optional ? this.#unwrapped(type, value) : type, value.at);
    });
    return listOf(items);
  }

  #map(expr: MapLiteral): CelType {
    let keys = this.#unification.fresh();
    let values = this.#unification.fresh();
    for (const { key, value, optional } of expr.entries) {
      keys = this.#joined(keys, this.#check(key), key.at);
      const type = this.#check(value);
      values = this.#joined(values, optional ? this.#unwrapped(type, value) : type, value.at);
    }
    return mapOf(keys, values);
  }

  /** All elements of a literal are of one type, unless they are dyn. */
  #joined(known: CelType, next: CelType, at: number): CelType {
    if (this.#isDyn(known) || this.#isDyn(next)) return DYN;
    if (this.#unification.assign(next, known)) return known;
    return this.#report(at, `expected type '${this.#show(known)}' but found '${this.#show(next)}'`);
  }

  #unwrapped(type: CelType, value: Expr): CelType {
    const settled = this.#unification.settled(type);
    if (isOptional(settled)) return settled.parameters[0] ?? DYN;
    if (settled.kind === 'dyn') return DYN;
    return this.#report(value.at, `expected type 'optional_type(${this.#show(type)})' but found '${this.#show(type)}'`);
  }

  #struct(expr: StructLiteral): CelType {
    const type = this.#deps.resolveType(expr.name);
    if (type?.kind !== 'object' || type.constructible !== true) {
      const problem =
        type === undefined
          ? `undeclared reference to '${expr.name}' (in container '')`
          : `'${expr.name}' is not a message type`;
      this.#report(expr.at, problem);
      for (const { value } of expr.fields) this.#check(value);
      return DYN;
    }
    for (const { at, name, value, optional } of expr.fields) {
      const given = this.#check(value);
      const field = type.field(name);
      if (field === undefined) {
        this.#report(at, `undefined field '${name}'`);
      } else if (!this.#unification.assign(given, optional ? optionalOf(field.type) : field.type)) {
        const problem = `expected type of field '${name}' is '${this.#show(field.type)}' but provided type is '${this.#show(given)}'`;
        this.#report(at, problem);
      }
    }
    return type;
  }

  #comprehension(expr: Comprehension): CelType {
    const range = this.#unification.settled(this.#check(expr.range));
    const [first, second] = this.#elements(range, expr);
    const scope = new Map<string, CelType>();
    const [one, two] = expr.variables;
    if (two === undefined) {
      scope.set(one ?? '', range.kind === 'list' ? second : first);
    } else {
      scope.set(one ?? '', first);
      scope.set(two, second);
    }
    this.#scopes.push(scope);
    if (expr.filter !== undefined) this.#expectBool(expr.filter);
    const type = this.#comprehensionResult(expr, range, first);
    this.#scopes.pop();
    return type;
  }

  /** Index or key, and value. */
  #elements(range: CelType, expr: Comprehension): readonly [CelType, CelType] {
    switch (range.kind) {
      case 'list':
        return [INT, range.items];
      case 'map':
        return [range.keys, range.values];
      case 'dyn':
      case 'parameter':
        return [DYN, DYN];
      default:
        this.#report(
          expr.range.at,
          `expression of type '${this.#show(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        );
        return [DYN, DYN];
    }
  }

  #comprehensionResult(expr: Comprehension, range: CelType, key: CelType): CelType {
    switch (expr.macro) {
      case 'all':
      case 'exists':
      case 'existsOne':
        this.#expectBool(expr.body);
        return BOOL;
      case 'filter':
        this.#expectBool(expr.body);
        return range.kind === 'list' ? listOf(range.items) : listOf(key);
      case 'map':
      case 'transformList':
        return listOf(this.#check(expr.body));
      case 'transformMap':
        return mapOf(key, this.#check(expr.body));
      case 'transformMapEntry': {
        const entry = this.#unification.settled(this.#check(expr.body));
        return entry.kind === 'map' ? entry : mapOf(DYN, DYN);
      }
    }
  }

  #expectBool(expr: Expr): void {
    const type = this.#check(expr);
    if (!this.#unification.assign(type, BOOL)) {
      this.#report(expr.at, `expected type 'bool' but found '${this.#show(type)}'`);
    }
  }

  #bind(expr: Bind): CelType {
    const init = this.#check(expr.init);
    this.#scopes.push(new Map([[expr.variable, init]]));
    const body = this.#check(expr.body);
    this.#scopes.pop();
    return body;
  }

  /** `math` of `math.least(…)`: names that are no variable and with which a function begins. */
  #namespaceOf(target: Expr, name: string): string | undefined {
    const root = rootName(target);
    const qualified = qualifiedName(target);
    if (root === undefined || qualified === undefined) return undefined;
    const isFunction = this.#deps.functions.candidates(`${qualified}.${name}`).length > 0;
    return isFunction && !this.#scopes.has(root) ? qualified : undefined;
  }

  #isDyn(type: CelType): boolean {
    return this.#unification.settled(type).kind === 'dyn';
  }

  #same(a: CelType, b: CelType): boolean {
    return this.#show(a) === this.#show(b);
  }

  #show(type: CelType): string {
    return formatType(this.#unification.resolve(type));
  }

  #report(at: number, message: string): CelType {
    if (!this.#issues.some((issue) => issue.at === at && issue.message === message)) this.#issues.push({ at, message });
    return DYN;
  }
}

function isOptional(type: CelType): type is CelType & { kind: 'opaque' } {
  return type.kind === 'opaque' && type.name === 'optional_type';
}

function rootName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  return expr.kind === 'select' ? rootName(expr.operand) : undefined;
}
