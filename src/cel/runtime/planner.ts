import type { CelType } from '../cel-type.ts';
import { argumentsOf, type Checked } from '../check/checked.ts';
import type { Overload } from '../library/overload.ts';
import type { Bind, Call, Comprehension, Expr, ListLiteral, MapLiteral, Select, StructLiteral } from '../syntax/ast.ts';
import { CelError, noSuchKey, noSuchOverload } from '../values/cel-error.ts';
import { CelList } from '../values/cel-list.ts';
import { CelMap } from '../values/cel-map.ts';
import { CelStruct } from '../values/cel-struct.ts';
import type { CelValue } from '../values/cel-value.ts';
import { Optional } from '../values/optional.ts';
import { sizeOf } from '../values/size.ts';
import { TypeValue } from '../values/type-value.ts';
import type { Step } from './frame.ts';
import { matches } from './matches.ts';
import { asBool, planComprehension } from './plan-comprehension.ts';

/** Makes closures of a checked expression: what can be decided once is decided here. */
export function plan(checked: Checked, resolveType: (name: string) => CelType | undefined): Step {
  return new Planner(checked, resolveType).step(checked.expr);
}

const COST_OF_LIST = 10;
const COST_OF_MAP = 30;
const COST_OF_STRUCT = 40;

class Planner {
  readonly #checked: Checked;
  readonly #resolveType: (name: string) => CelType | undefined;
  readonly #locals: string[] = [];

  constructor(checked: Checked, resolveType: (name: string) => CelType | undefined) {
    this.#checked = checked;
    this.#resolveType = resolveType;
  }

  step(expr: Expr): Step {
    switch (expr.kind) {
      case 'literal': {
        const { value } = expr;
        return () => value;
      }
      case 'ident':
        return this.#ident(expr, expr.name);
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

  #ident(expr: Expr, name: string): Step {
    const slot = this.#locals.lastIndexOf(name);
    if (slot >= 0) {
      return (frame) => {
        frame.charge(1);
        return frame.locals[slot] ?? null;
      };
    }
    const type = this.#checked.typeNames.get(expr);
    return type === undefined ? variableStep(name) : typeStep(type);
  }

  #select(expr: Select): Step {
    const type = this.#checked.typeNames.get(expr);
    if (type !== undefined) return typeStep(type);
    const variable = this.#checked.dottedVariables.get(expr);
    if (variable !== undefined) return variableStep(variable);
    const operand = this.step(expr.operand);
    const { field } = expr;
    if (expr.testOnly) return (frame) => fieldOf(operand(frame), field) !== undefined;
    if (expr.optional) {
      return (frame) => {
        frame.charge(1);
        return optionalField(operand(frame), field);
      };
    }
    return (frame) => {
      const value = operand(frame);
      frame.charge(1);
      if (value instanceof Optional) return optionalField(value, field);
      const found = fieldOf(value, field);
      if (found === undefined) throw noSuchKey(field);
      return found;
    };
  }

  #call(expr: Call): Step {
    const args = argumentsOf(expr, this.#checked).map((arg) => this.step(arg));
    const [first, second, third] = args;
    if (first !== undefined && second !== undefined) {
      const lazy = third === undefined ? this.#lazy(expr, first, second) : conditional(expr, first, [second, third]);
      if (lazy !== undefined) return lazy;
    }
    return dispatch(args, this.#checked.overloads.get(expr) ?? []);
  }

  /** Calls that may leave their second argument alone. */
  #lazy(expr: Call, first: Step, second: Step): Step | undefined {
    switch (expr.name) {
      case '_&&_':
        return logic(first, second, false);
      case '_||_':
        return logic(first, second, true);
      case 'or':
      case 'orValue':
        return expr.target !== undefined && this.#isOptional(expr.target)
          ? orElse(first, second, expr.name)
          : undefined;
      default:
        return undefined;
    }
  }

  #isOptional(expr: Expr): boolean {
    const type = this.#checked.types.get(expr);
    return type?.kind === 'dyn' || (type?.kind === 'opaque' && type.name === 'optional_type');
  }

  #list(expr: ListLiteral): Step {
    const items = expr.items.map(({ value, optional }) => ({ step: this.step(value), optional }));
    return (frame) => {
      const values: CelValue[] = [];
      for (const { step, optional } of items) {
        const value = step(frame);
        if (!optional) values.push(value);
        else if (value instanceof Optional && value.value !== undefined) values.push(value.value);
      }
      frame.charge(COST_OF_LIST);
      return CelList.of(values);
    };
  }

  #map(expr: MapLiteral): Step {
    const entries = expr.entries.map(({ key, value, optional }) => ({
      key: this.step(key),
      value: this.step(value),
      optional,
    }));
    return (frame) => {
      const values: (readonly [CelValue, CelValue])[] = [];
      for (const { key, value, optional } of entries) {
        const [name, content] = [key(frame), value(frame)];
        if (!optional) values.push([name, content]);
        else if (content instanceof Optional && content.value !== undefined) values.push([name, content.value]);
      }
      frame.charge(COST_OF_MAP);
      return CelMap.of(values);
    };
  }

  #struct(expr: StructLiteral): Step {
    const type = this.#resolveType(expr.name);
    if (type?.kind !== 'object') throw new TypeError(`${expr.name} was checked to be an object`);
    const fields = expr.fields.map(({ name, value, optional }) => ({ name, step: this.step(value), optional }));
    return (frame) => {
      const values = new Map<string, CelValue>();
      for (const { name, step, optional } of fields) {
        const value = step(frame);
        if (!optional) values.set(name, value);
        else if (value instanceof Optional && value.value !== undefined) values.set(name, value.value);
      }
      frame.charge(COST_OF_STRUCT);
      return CelStruct.constructed(type, values);
    };
  }

  #comprehension(expr: Comprehension): Step {
    const range = this.step(expr.range);
    const slots = expr.variables.map((variable) => this.#locals.push(variable) - 1);
    const filter = expr.filter === undefined ? undefined : this.step(expr.filter);
    const body = this.step(expr.body);
    this.#locals.length -= slots.length;
    return planComprehension(expr, { range, filter, body, slots });
  }

  #bind(expr: Bind): Step {
    const init = this.step(expr.init);
    const slot = this.#locals.push(expr.variable) - 1;
    const body = this.step(expr.body);
    this.#locals.length -= 1;
    return (frame) => {
      frame.charge(COST_OF_LIST);
      frame.locals[slot] = init(frame);
      return body(frame);
    };
  }
}

function conditional(expr: Call, condition: Step, [whenTrue, whenFalse]: readonly [Step, Step]): Step | undefined {
  if (expr.name !== '_?_:_') return undefined;
  return (frame) => (asBool(condition(frame)) ? whenTrue(frame) : whenFalse(frame));
}

function variableStep(name: string): Step {
  return (frame) => {
    frame.charge(1);
    return frame.variable(name);
  };
}

function typeStep(type: CelType): Step {
  const value = new TypeValue(type);
  return () => value;
}

/** Either side may decide; an error counts only if the other side does not. */
function logic(left: Step, right: Step, decisive: boolean): Step {
  return (frame) => {
    let leftError: CelError | undefined;
    try {
      if (asBool(left(frame)) === decisive) return decisive;
    } catch (err) {
      if (!(err instanceof CelError)) throw err;
      leftError = err;
    }
    if (leftError === undefined) return asBool(right(frame));
    try {
      if (asBool(right(frame)) === decisive) return decisive;
    } catch (err) {
      if (!(err instanceof CelError)) throw err;
    }
    throw leftError;
  };
}

function orElse(left: Step, right: Step, name: 'or' | 'orValue'): Step {
  return (frame) => {
    const optional = left(frame);
    if (!(optional instanceof Optional)) throw noSuchOverload();
    frame.charge(1);
    if (optional.value === undefined) return right(frame);
    return name === 'or' ? optional : optional.value;
  };
}

function dispatch(args: readonly Step[], overloads: readonly Overload[]): Step {
  const [only] = overloads;
  const isDecided = overloads.length === 1;
  return (frame) => {
    const values = args.map((arg) => arg(frame));
    const overload =
      isDecided && only !== undefined
        ? only
        : overloads.find(({ parameters }) => values.every((value, index) => fits(value, parameters[index])));
    if (overload === undefined) throw noSuchOverload();
    const result = overload.call(values, frame);
    frame.charge(overload.cost(values.map(sizeForCost), sizeForCost(result)));
    return result;
  };
}

function fits(value: CelValue, type: CelType | undefined): boolean {
  return type !== undefined && matches(value, type);
}

function sizeForCost(value: CelValue): number {
  return sizeOf(value) ?? 1;
}

function fieldOf(value: CelValue, field: string): CelValue | undefined {
  if (value instanceof CelStruct || value instanceof CelMap) return value.get(field);
  if (value instanceof Optional) return value.value === undefined ? undefined : fieldOf(value.value, field);
  throw noSuchOverload();
}

function optionalField(value: CelValue, field: string): Optional {
  const inner = value instanceof Optional ? value.value : value;
  return inner === undefined ? new Optional() : new Optional(fieldOf(inner, field));
}
