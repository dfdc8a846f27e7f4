import type { Comprehension } from '../syntax/ast.ts';
import { CelError, noSuchOverload } from '../values/cel-error.ts';
import { CelList } from '../values/cel-list.ts';
import { CelMap } from '../values/cel-map.ts';
import { CelStruct } from '../values/cel-struct.ts';
import type { CelValue } from '../values/cel-value.ts';
import type { Frame, Step } from './frame.ts';

export interface ComprehensionSteps {
  readonly range: Step;
  readonly filter: Step | undefined;
  readonly body: Step;
  /** Where in the frame the loop's variables are. */
  readonly slots: readonly number[];
}

/** What each round costs beside its parts, and the loop itself: the reference unrolls macros and counts the pieces. */
const COSTS = {
  all: { start: 1, round: 3 },
  exists: { start: 1, round: 4 },
  existsOne: { start: 2, round: 1 },
  map: { start: 11, round: 12 },
  filter: { start: 11, round: 1 },
  transformList: { start: 11, round: 12 },
  transformMap: { start: 31, round: 3 },
  transformMapEntry: { start: 31, round: 3 },
} as const;

/** Of a found element: it is counted or copied. */
const COST_OF_HIT = { existsOne: 1, filter: 12 } as const;

export function comprehensionCost(macro: Comprehension['macro']): {
  readonly start: number;
  readonly round: number;
  readonly hit: number;
} {
  return { ...COSTS[macro], hit: macro === 'existsOne' || macro === 'filter' ? COST_OF_HIT[macro] : 0 };
}

type Loop = (frame: Frame, visit: () => boolean) => void;

export function planComprehension(expr: Comprehension, steps: ComprehensionSteps): Step {
  const costs = comprehensionCost(expr.macro);
  const loop = planLoop(steps, costs.round);
  const finish = planResult(expr, steps, costs.hit);
  return (frame) => {
    frame.charge(costs.start);
    return finish(frame, loop);
  };
}

/** Binds the variables and calls `visit` for each element, until it says that it has seen enough. */
function planLoop({ range, slots }: ComprehensionSteps, cost: number): Loop {
  const [first = 0, second] = slots;
  return (frame, visit) => {
    const container = range(frame);
    const keys = keysOf(container);
    const size = container instanceof CelList ? container.size : keys.length;
    for (let index = 0; index < size; index += 1) {
      frame.charge(cost);
      if (container instanceof CelList) {
        frame.locals[first] = second === undefined ? container.at(index) : BigInt(index);
        if (second !== undefined) frame.locals[second] = container.at(index);
      } else {
        const key = keys[index] ?? null;
        frame.locals[first] = key;
        if (second !== undefined) frame.locals[second] = valueOf(container, key);
      }
      if (!visit()) return;
    }
  };
}

function keysOf(container: CelValue): readonly CelValue[] {
  if (container instanceof CelMap) return container.keys();
  if (container instanceof CelStruct) return Object.keys(container.json ?? {});
  if (container instanceof CelList) return [];
  throw noSuchOverload();
}

function valueOf(container: CelValue, key: CelValue): CelValue {
  if (container instanceof CelMap) return container.get(key) ?? null;
  return container instanceof CelStruct && typeof key === 'string' ? (container.get(key) ?? null) : null;
}

type Finish = (frame: Frame, loop: Loop) => CelValue;

function planResult(expr: Comprehension, steps: ComprehensionSteps, hitCost: number): Finish {
  switch (expr.macro) {
    case 'all':
      return quantified(steps.body, false);
    case 'exists':
      return quantified(steps.body, true);
    case 'existsOne':
      return existsOne(steps.body, hitCost);
    case 'filter':
      return filtered(steps, hitCost);
    case 'map':
    case 'transformList':
      return transformed(steps);
    case 'transformMap':
      return transformedMap(steps);
    case 'transformMapEntry':
      return transformedEntries(steps);
  }
}

/** Errors count only if no element decides: like `&&` and `||`, of which the macros are chains. */
function quantified(body: Step, decisive: boolean): Finish {
  return (frame, loop) => {
    const errors: CelError[] = [];
    const decided = { by: false };
    loop(frame, () => {
      try {
        decided.by = asBool(body(frame)) === decisive;
      } catch (err) {
        if (!(err instanceof CelError)) throw err;
        if (errors.length === 0) errors.push(err);
      }
      return !decided.by;
    });
    if (decided.by) return decisive;
    const [error] = errors;
    if (error !== undefined) throw error;
    return !decisive;
  };
}

function existsOne(body: Step, hitCost: number): Finish {
  return (frame, loop) => {
    let count = 0;
    loop(frame, () => {
      if (asBool(body(frame))) {
        frame.charge(hitCost);
        count += 1;
      }
      return true;
    });
    return count === 1;
  };
}

function filtered({ body, slots: [slot = 0, second] }: ComprehensionSteps, hitCost: number): Finish {
  return (frame, loop) => {
    const found: CelValue[] = [];
    loop(frame, () => {
      if (asBool(body(frame))) {
        frame.charge(hitCost);
        found.push(frame.locals[second ?? slot] ?? null);
      }
      return true;
    });
    return CelList.of(found);
  };
}

function transformed({ filter, body }: ComprehensionSteps): Finish {
  return (frame, loop) => {
    const made: CelValue[] = [];
    loop(frame, () => {
      if (filter === undefined || asBool(filter(frame))) made.push(body(frame));
      return true;
    });
    return CelList.of(made);
  };
}

function transformedMap({ filter, body, slots: [key = 0] }: ComprehensionSteps): Finish {
  return (frame, loop) => {
    const made: (readonly [CelValue, CelValue])[] = [];
    loop(frame, () => {
      if (filter === undefined || asBool(filter(frame))) made.push([frame.locals[key] ?? null, body(frame)]);
      return true;
    });
    return CelMap.of(made);
  };
}

function transformedEntries({ filter, body }: ComprehensionSteps): Finish {
  return (frame, loop) => {
    const made: (readonly [CelValue, CelValue])[] = [];
    loop(frame, () => {
      if (filter === undefined || asBool(filter(frame))) {
        const entry = body(frame);
        if (!(entry instanceof CelMap)) throw noSuchOverload();
        made.push(...entry.entries());
      }
      return true;
    });
    return CelMap.of(made);
  };
}

export function asBool(value: CelValue): boolean {
  if (typeof value === 'boolean') return value;
  throw noSuchOverload();
}
