import type { CelType } from '../cel-type.ts';
import { argumentsOf, type Checked } from '../check/checked.ts';
import type { CostRange } from '../contract.ts';
import type { CostFormula, Overload, SizeRange } from '../library/overload.ts';
import { comprehensionCost } from '../runtime/plan-comprehension.ts';
import type { Bind, Call, Comprehension, Expr, Ident, ListLiteral, MapLiteral, Select } from '../syntax/ast.ts';
import { sizeOf } from '../values/size.ts';
import { either, fixed, plus, times, UNBOUNDED, ZERO } from './range.ts';

/** Bounds of what one evaluation costs, by the bounds that types declare. */
export function estimateCost(checked: Checked): CostRange {
  return new Estimate(checked).of(checked.expr).cost;
}

interface PartEstimate {
  readonly cost: CostRange;
  /** Of the value: characters, bytes or elements. */
  readonly size: CostRange;
  /** Of the elements, where they are known better than by their type. */
  readonly elements?: CostRange;
}

class Estimate {
  readonly #checked: Checked;
  readonly #locals: (readonly [name: string, estimate: PartEstimate | undefined])[] = [];

  constructor(checked: Checked) {
    this.#checked = checked;
  }

  of(expr: Expr): PartEstimate {
    switch (expr.kind) {
      case 'literal':
        return { cost: ZERO, size: fixed(sizeOf(expr.value) ?? 1) };
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
        return { cost: plus(fixed(40), ...expr.fields.map(({ value }) => this.of(value).cost)), size: fixed(1) };
      case 'comprehension':
        return this.#comprehension(expr);
      case 'bind':
        return this.#bind(expr);
    }
  }

  #select(expr: Select): PartEstimate {
    const operand = this.of(expr.operand).cost;
    const cost = expr.testOnly || this.#checked.typeNames.has(expr) ? operand : plus(operand, fixed(1));
    return { cost, ...this.#byType(expr) };
  }

  #ident(expr: Ident): PartEstimate {
    const local = this.#locals.findLast(([name]) => name === expr.name);
    const byType = { cost: fixed(1), ...this.#byType(expr) };
    return local?.[1] === undefined ? byType : { ...local[1], cost: fixed(1) };
  }

  #list(expr: ListLiteral): PartEstimate {
    const items = expr.items.map(({ value }) => this.of(value));
    return {
      cost: plus(fixed(10), ...items.map(({ cost }) => cost)),
      size: fixed(items.length),
      elements: items.map(({ size }) => size).reduce(either, items[0]?.size ?? ZERO),
    };
  }

  #map(expr: MapLiteral): PartEstimate {
    const parts = expr.entries.flatMap(({ key, value }) => [this.of(key), this.of(value)]);
    return { cost: plus(fixed(30), ...parts.map(({ cost }) => cost)), size: fixed(expr.entries.length) };
  }

  #call(expr: Call): PartEstimate {
    const args = argumentsOf(expr, this.#checked).map((arg) => this.of(arg));
    const costs = args.map(({ cost }) => cost);
    const [first = ZERO, second = ZERO, third = ZERO] = costs;
    switch (expr.name) {
      case '_&&_':
      case '_||_':
        return { cost: { min: first.min, max: first.max + second.max }, size: fixed(1) };
      case '_?_:_':
        return { cost: plus(first, either(second, third)), size: branchSize(args) };
      default:
        return this.#function(expr, args, plus(...costs));
    }
  }

  #function(expr: Call, args: readonly PartEstimate[], argumentCost: CostRange): PartEstimate {
    const overloads = this.#checked.overloads.get(expr) ?? [];
    const sizes = args.map(({ size, elements }) => ({ ...size, ...(elements && { elements }) }));
    const size = this.#resultSize(expr, overloads, sizes);
    const costs = overloads.map(({ cost }) => bounds(cost, sizes, size));
    return { cost: plus(argumentCost, costs.reduce(either, costs[0] ?? fixed(1))), size };
  }

  #resultSize(expr: Expr, overloads: readonly Overload[], sizes: readonly SizeRange[]): CostRange {
    const known = overloads.map(({ resultSize }) => resultSize?.(sizes));
    const [first] = known;
    if (first === undefined) return this.#sizeByType(expr);
    return known.reduce<CostRange>((sum, size) => either(sum, size ?? UNBOUNDED), first);
  }

  #comprehension(expr: Comprehension): PartEstimate {
    const range = this.of(expr.range);
    const { start, round, hit } = comprehensionCost(expr.macro);
    const before = this.#locals.length;
    const element = range.elements === undefined ? undefined : { cost: fixed(1), size: range.elements };
    const last = expr.variables.length - 1;
    expr.variables.forEach((name, index) => this.#locals.push([name, index === last ? element : undefined]));
    const filter = expr.filter === undefined ? ZERO : this.of(expr.filter).cost;
    const body = this.of(expr.body);
    this.#locals.length = before;
    const each = plus(filter, body.cost, { min: round, max: round + hit });
    const cost = plus(range.cost, fixed(start), times(range.size, each));
    switch (expr.macro) {
      case 'all':
      case 'exists':
      case 'existsOne':
        return { cost, size: fixed(1) };
      case 'filter':
        return { cost, size: { min: 0, max: range.size.max }, ...(range.elements && { elements: range.elements }) };
      default:
        return { cost, size: { min: 0, max: range.size.max }, elements: body.size };
    }
  }

  #bind(expr: Bind): PartEstimate {
    const init = this.of(expr.init);
    this.#locals.push([expr.variable, init]);
    const body = this.of(expr.body);
    this.#locals.pop();
    return { ...body, cost: plus(fixed(10), init.cost, body.cost) };
  }

  #byType(expr: Expr): Pick<PartEstimate, 'size' | 'elements'> {
    const type = this.#checked.types.get(expr) ?? { kind: 'dyn' };
    return { size: sizeByType(type), ...(type.kind === 'list' && { elements: sizeByType(type.items) }) };
  }

  #sizeByType(expr: Expr): CostRange {
    return sizeByType(this.#checked.types.get(expr) ?? { kind: 'dyn' });
  }
}

/** Of what a condition chooses between. */
function branchSize([, whenTrue, whenFalse]: readonly PartEstimate[]): CostRange {
  return either(whenTrue?.size ?? UNBOUNDED, whenFalse?.size ?? UNBOUNDED);
}

function sizeByType(type: CelType): CostRange {
  switch (type.kind) {
    case 'string':
    case 'bytes':
    case 'dyn':
      return { min: 0, max: type.maxLength ?? Infinity };
    case 'timestamp':
    case 'duration':
      return { min: 0, max: type.maxLength ?? 1 };
    case 'list':
      return { min: 0, max: type.maxItems ?? Infinity };
    case 'map':
      return { min: 0, max: type.maxEntries ?? Infinity };
    default:
      return fixed(1);
  }
}

function bounds(cost: CostFormula, sizes: readonly CostRange[], result: CostRange): CostRange {
  const mins = sizes.map(({ min }) => min);
  const maxes = sizes.map(({ max }) => max);
  return { min: finite(cost(mins, result.min), 0), max: finite(cost(maxes, result.max), Infinity) };
}

/** A formula may multiply nothing by something unbounded. */
function finite(value: number, otherwise: number): number {
  return Number.isNaN(value) ? otherwise : value;
}
