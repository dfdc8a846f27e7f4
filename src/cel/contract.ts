import type { CelType } from './cel-type.ts';
import type { CelValue } from './values/cel-value.ts';

/** What upstream allows; a caller may allow less. */
export const CEL_LIMITS = {
  /** Of one evaluation of one expression. */
  costPerCall: 1_000_000,
  /** Of all rules of an object, or all expressions of a policy, in one request. */
  costPerRequest: 10_000_000,
  /** Of all match conditions of a webhook or policy, in one request. */
  costOfMatchConditions: 2_500_000,
  /** Estimates, refused when a rule or schema is written. */
  estimatedCostPerRule: 10_000_000,
  estimatedCostPerSchema: 100_000_000,
  expressionLength: 100_000,
} as const;

export interface CelCompileOptions {
  readonly expression: string;
  readonly variables: Readonly<Record<string, CelType>>;
  /** What the expression has to evaluate to; `dyn` is always let through. Absent: anything. */
  readonly expects?: CelType | readonly CelType[];
  /** Names of objects that may be constructed: `Object{spec: …}`, `JSONPatch{…}`. */
  readonly resolveType?: (name: string) => CelType | undefined;
}

export interface CelIssue {
  readonly line: number;
  /** Counted from one. */
  readonly column: number;
  readonly message: string;
}

export type CelCompilation =
  | { readonly ok: true; readonly program: CelProgram }
  | {
      readonly ok: false;
      readonly issues: readonly CelIssue[];
      /** As users know it: `compilation failed: ERROR: <input>:1:6: undefined field 'x'`, the source and a caret. */
      readonly message: string;
    };

export interface CostRange {
  readonly min: number;
  readonly max: number;
}

/** A checked expression. Pure and synchronous: the same bindings give the same outcome. */
export interface CelProgram {
  readonly expression: string;
  readonly resultType: CelType;
  /** Which of the declared variables the expression reads: a rule that reads `oldSelf` is a transition rule. */
  readonly reads: ReadonlySet<string>;
  /** At worst and at best, by the bounds of the declared types. Infinite when unbounded. */
  readonly estimatedCost: CostRange;
  /**
   * Bindings are plain JSON, read as their declared types say, or `CelValue`s. Never throws for what expression and data do:
   * that is an outcome. A declared variable without binding is an error when it is read.
   */
  evaluate(bindings: Readonly<Record<string, unknown>>, options?: CelEvaluateOptions): CelOutcome;
}

export interface CelEvaluateOptions {
  /** The expression fails once it cost more. Default: `CEL_LIMITS.costPerCall`. */
  readonly costLimit?: number;
}

export type CelOutcome =
  | { readonly ok: true; readonly value: CelValue; readonly cost: number }
  | { readonly ok: false; readonly error: string; readonly cost: number; readonly overBudget: boolean };
