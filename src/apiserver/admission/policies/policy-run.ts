import { CEL_LIMITS, lazyObject, type CelObjectType, type CelOutcome } from '../../../cel/index.ts';
import type { Expression } from './expressions.ts';

const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

export interface Variables {
  readonly type: CelObjectType;
  readonly expressions: ReadonlyMap<string, Expression>;
}

/** One evaluation of a policy: its expressions share a budget, and its variables are evaluated once. */
export class PolicyRun {
  readonly #bindings: Readonly<Record<string, unknown>>;
  #budget: number;

  constructor(bindings: Readonly<Record<string, unknown>>, variables?: Variables, budget?: number) {
    this.#budget = budget ?? CEL_LIMITS.costPerRequest;
    const own = variables && lazyObject(variables.type, (name) => this.#variable(variables, name));
    this.#bindings = own === undefined ? bindings : { ...bindings, variables: own };
  }

  evaluate(expression: Expression): CelOutcome {
    if ('problem' in expression) return failed(expression.problem, false);
    if (this.#budget <= 0) return failed(OUT_OF_BUDGET, true);
    const costLimit = Math.min(CEL_LIMITS.costPerCall, this.#budget);
    const outcome = expression.program.evaluate(this.#bindings, { costLimit });
    this.#budget -= outcome.cost;
    return outcome;
  }

  #variable({ expressions }: Variables, name: string): CelOutcome {
    const expression = expressions.get(name);
    return expression === undefined ? failed(`no such variable: ${name}`, false) : this.evaluate(expression);
  }
}

function failed(error: string, overBudget: boolean): CelOutcome {
  return { ok: false, error, cost: 0, overBudget };
}
