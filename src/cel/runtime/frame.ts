import type { CallContext } from '../library/overload.ts';
import { CostLimitExceeded } from '../values/cel-error.ts';
import type { CelValue } from '../values/cel-value.ts';

/** One evaluation: what variables are bound to, what loops are at, and what it cost so far. */
export class Frame implements CallContext {
  readonly variable: (name: string) => CelValue;
  readonly pattern: CallContext['pattern'];
  readonly locals: CelValue[] = [];
  readonly #limit: number;
  #cost = 0;

  constructor(variable: (name: string) => CelValue, pattern: CallContext['pattern'], costLimit: number) {
    this.variable = variable;
    this.pattern = pattern;
    this.#limit = costLimit;
  }

  get cost(): number {
    return this.#cost;
  }

  /** Throws `CostLimitExceeded`. */
  charge(cost: number): void {
    this.#cost += cost;
    if (this.#cost > this.#limit) throw new CostLimitExceeded();
  }
}

export type Step = (frame: Frame) => CelValue;
